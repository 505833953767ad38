/**
 * How long a soft state is granted: by the request's Expires and the server's bounds (RFC 6665 §4.2.1.1 for
 * subscriptions, RFC 3903 §6 step 4 for publications, in the same words).
 */
import { HeaderId } from '../sip/message/header-id.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'

export interface ExpiresBounds {
  readonly minExpiresSeconds: number
  readonly maxExpiresSeconds: number
}

/** Seconds, cut to the maximum; 0 where 0 was asked for. */
export function grantedExpires(
  message: SipMessage,
  defaultSeconds: number,
  { minExpiresSeconds, maxExpiresSeconds }: ExpiresBounds,
): number | 'malformed' | 'too-brief' {
  const asked = message.expiresSeconds
  if (asked === null && message.has(HeaderId.expires)) return 'malformed'
  const wanted = asked ?? defaultSeconds
  if (wanted !== 0 && wanted < minExpiresSeconds) return 'too-brief'
  return Math.min(wanted, maxExpiresSeconds)
}
