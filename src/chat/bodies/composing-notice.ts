/**
 * application/im-iscomposing+xml (RFC 3994 §5): "is typing", as a document. When to send and how long to believe one is
 * decided in `../agent/composing.ts`.
 */
import { Buffer } from 'node:buffer'

export interface ComposingNotice {
  readonly isActive: boolean
  /** How long an active state holds without another notice; null when not said. */
  readonly refreshSeconds: number | null
}

/** A notice has five short elements; more is somebody's attempt to keep us busy. */
const noticeBytesMax = 4096

export function encodeComposing({ isActive, refreshSeconds }: ComposingNotice): Buffer {
  const refresh = isActive && refreshSeconds !== null ? `<refresh>${refreshSeconds}</refresh>` : ''
  return Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?>\r\n' +
      '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing">' +
      `<state>${isActive ? 'active' : 'idle'}</state><contenttype>text/plain</contenttype>${refresh}` +
      '</isComposing>\r\n',
  )
}

/**
 * Null when it is none. Two elements are looked for, not a document built: nothing in it is shown or trusted. A state
 * that we do not know is idle (RFC 3994 §3.2).
 */
export function parseComposing(body: Buffer): ComposingNotice | null {
  if (body.length > noticeBytesMax) return null
  const text = body.toString('utf8')
  const state = /<(?:\w+:)?state>\s*([^<\s]+)\s*</.exec(text)?.[1]
  if (state === undefined || !/<(?:\w+:)?isComposing[\s>]/.test(text)) return null
  const refresh = /<(?:\w+:)?refresh>\s*(\d{1,6})\s*</.exec(text)?.[1]
  return { isActive: state === 'active', refreshSeconds: refresh === undefined ? null : Number(refresh) }
}
