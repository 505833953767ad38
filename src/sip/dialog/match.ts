/**
 * Which dialog a message belongs to, as a key for a map (RFC 3261 §12). The map is its owner's.
 */

import { saidBy } from '../message/quoted-string.ts'
import type { SipMessage } from '../message/sip-message.ts'

/**
 * Line ends part the fields: no header value contains one. An absent tag counts as empty (RFC 3261 §12.1.1), and one in
 * quotes as what it says.
 */
export function dialogKey(callId: string, localTag: string, remoteTag: string | null): string {
  return `${callId}\n${localTag}\n${saidBy(remoteTag ?? '')}`
}

/** Of a request that came: we are named in To. */
export function requestDialogKey(request: SipMessage): string {
  return dialogKey(request.callId ?? '', request.to?.tag ?? '', request.from?.tag ?? null)
}

/** Of a response that came: we are named in From. */
export function responseDialogKey(response: SipMessage): string {
  return dialogKey(response.callId ?? '', response.from?.tag ?? '', response.to?.tag ?? null)
}
