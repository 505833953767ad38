/**
 * How long a request may be kept: its own Expires (RFC 3428 §5), the server's bound, and what is never stored at all.
 */
import { HeaderId } from '../sip/message/header-id.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'

/** RFC 3994: somebody is typing. Worth nothing a minute later. */
export function isComposing(request: SipMessage): boolean {
  const type = request.first(HeaderId.contentType)
  if (type === null || type.length < composingType.length) return false
  const end = type.indexOf(';')
  return (end < 0 ? type : type.slice(0, end)).trim().toLowerCase() === composingType
}

/** Never stored: a device takes it now or nobody does. */
export function isTransient(request: SipMessage): boolean {
  return request.expiresSeconds === 0 || isComposing(request)
}

/** Steady wall clock after which nobody wants the message any more. */
export function expiresMs(request: SipMessage, receivedMs: number, expiryMs: number): number {
  const own = request.expiresSeconds
  return receivedMs + (own === null ? expiryMs : Math.min(own * 1000, expiryMs))
}

const composingType = 'application/im-iscomposing+xml'
