/**
 * Presence documents of the simulation (PIDF, RFC 3863): each names the state that it tells by a number, so that
 * every NOTIFY can be judged. What is composed of several names several.
 */
import type { Aor } from '../../src/sip/uri/aor.ts'

export function encodeState(aor: Aor, device: string, number: number): Buffer {
  return Buffer.from(
    `<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="${aor.replace('sip:', 'pres:')}">` +
      `<tuple id="${device}"><status><basic>open</basic></status><note>state ${number}</note></tuple></presence>`,
  )
}

/** What a document says, for the checkers. */
export interface ToldState {
  /** Numbers of the states in it; none where the server made it from registrations alone. */
  readonly numbers: readonly number[]
  readonly isOpen: boolean
  /** It says nothing. */
  readonly isUnknown: boolean
}

/** Each document in the text, by the name of the user whom it is about: one, or those of a list's parts. */
export function parseStates(text: string): ReadonlyMap<string, ToldState> {
  const told = new Map<string, ToldState>()
  for (const [document, user] of text.matchAll(/<presence [^>]*entity="(?:pres|sip):([^@"]+)@[\s\S]*?<\/presence>/g)) {
    const numbers = [...document.matchAll(/state (\d+)</g)].map((found) => Number(found[1]))
    told.set(user!, { numbers, isOpen: document.includes('>open<'), isUnknown: !document.includes('<tuple') })
  }
  return told
}
