/**
 * A device's response as it goes on to the caller (RFC 3261 §16.7 steps 3, 7 and 8): without our Via, with the
 * challenges of other branches, and with no identity that a device asserts by itself (RFC 3325 §5).
 */
import { MessageEditor } from '../sip/message/edit.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'

const challengeHeaders = [HeaderId.wwwAuthenticate, HeaderId.proxyAuthenticate] as const

export function encodePassed(response: SipMessage, challenges: readonly SipMessage[]): Buffer {
  const editor = new MessageEditor(response).removeFirstValue(HeaderId.via)
  if (response.has(HeaderId.pAssertedIdentity)) editor.removeAll(HeaderId.pAssertedIdentity)
  for (const other of challenges) {
    for (const id of challengeHeaders) for (const value of other.all(id)) editor.append(id, value)
  }
  return editor.encode()
}
