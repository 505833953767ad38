/**
 * "Is typing" (RFC 3994): when to say so of oneself, and how long to believe it of others.
 */
import type { XmlNode } from './markup.ts'

/** §3.2: without a key for so long one is idle again. */
const idleAfterMs = 15_000
/** An active notice is repeated this often while one goes on; it says so, and holds a little longer. */
export const refreshMs = 60_000
/** §3.3: an active notice that does not say how long it holds. */
const believedSeconds = 120

/** What the last notice said, and when; null: idle. */
export interface ComposingState {
  readonly activeSinceMs: number | null
  readonly keyAtMs: number
}

export const notComposing: ComposingState = { activeSinceMs: null, keyAtMs: 0 }

export type ComposingInput = 'key' | 'emptied' | 'sent' | 'tick'

/** The notice to send, if one is due. */
export function composingStep(
  state: ComposingState,
  input: ComposingInput,
  nowMs: number,
): { readonly state: ComposingState; readonly notice: 'active' | 'idle' | null } {
  const { activeSinceMs, keyAtMs } = state
  switch (input) {
    case 'key': {
      const isDue = activeSinceMs === null || nowMs - activeSinceMs >= refreshMs
      const since = isDue ? nowMs : activeSinceMs
      return { state: { activeSinceMs: since, keyAtMs: nowMs }, notice: isDue ? 'active' : null }
    }
    // §3.1: the message itself says that one is done.
    case 'sent':
      return { state: notComposing, notice: null }
    case 'emptied':
      return { state: notComposing, notice: activeSinceMs === null ? null : 'idle' }
    case 'tick':
      if (activeSinceMs === null || nowMs - keyAtMs < idleAfterMs) return { state, notice: null }
      return { state: notComposing, notice: 'idle' }
  }
}

export function composingBody(notice: 'active' | 'idle'): string {
  const refresh = notice === 'active' ? `<refresh>${refreshMs / 1000}</refresh>` : ''
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing">' +
    `<state>${notice}</state><contenttype>text/plain</contenttype>${refresh}</isComposing>\r\n`
  )
}

/** For how many ms to believe that they type; 0: they do not; null: no such document. */
export function readComposing(document: XmlNode | null): number | null {
  if (document?.name !== 'isComposing') return null
  const text = (name: string) => document.children.find((each) => each.name === name)?.text.trim()
  if (text('state') !== 'active') return 0
  const seconds = Number(text('refresh'))
  return (seconds > 0 && seconds <= 3600 ? seconds + 5 : believedSeconds) * 1000
}
