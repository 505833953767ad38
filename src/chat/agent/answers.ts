/**
 * What the answer to a request that is repeated for as long as it is wanted (REGISTER, SUBSCRIBE, PUBLISH) means for
 * the next one.
 */
import { HeaderId } from '../../sip/message/header-id.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { expiresSecondsMin, refreshShare, retryAfterMsMax } from './limits.ts'
import type { Answer } from './requests.ts'

export type Verdict =
  | { readonly kind: 'accepted'; readonly response: SipMessage }
  /** 423: the same with longer Expires. */
  | { readonly kind: 'too-brief'; readonly minExpiresSeconds: number }
  /** 412, 481: the other side knows nothing of what was to be refreshed. */
  | { readonly kind: 'forgotten'; readonly status: number; readonly reason: string }
  /** The same request will never succeed. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  /** Not now. */
  | { readonly kind: 'later'; readonly retryAfterMs: number }
  /** The connection ended; there will be another. */
  | { readonly kind: 'lost' }

/** Statuses after which the same request will never succeed. */
const lastingRefusals = new Set([400, 401, 403, 404, 405, 406, 407, 410, 413, 415, 420, 489, 501, 505, 603, 604])

export function verdictOn(answer: Answer, askedSeconds: number): Verdict {
  if (answer.kind === 'lost') return { kind: 'lost' }
  if (answer.kind === 'too-long') return { kind: 'refused', status: 413, reason: 'Request Entity Too Large' }
  if (answer.kind === 'timeout') return { kind: 'later', retryAfterMs: 0 }
  const { response } = answer
  const { statusCode: status, reasonPhrase: reason } = response
  if (status < 300) return { kind: 'accepted', response }
  if (status === 412 || status === 481) return { kind: 'forgotten', status, reason }
  const minExpiresSeconds = minExpiresOf(response)
  if (status === 423 && minExpiresSeconds > askedSeconds) return { kind: 'too-brief', minExpiresSeconds }
  if (lastingRefusals.has(status)) return { kind: 'refused', status, reason }
  return { kind: 'later', retryAfterMs: retryAfterMs(response) ?? 0 }
}

/** Min-Expires of a 423, 0 without one. */
export function minExpiresOf(response: SipMessage): number {
  const seconds = /^\s*(\d{1,9})/.exec(response.first(HeaderId.minExpires) ?? '')?.[1]
  return Number(seconds ?? 0)
}

/** RFC 3261 §20.33: seconds, perhaps with a comment and parameters. */
export function retryAfterMs(response: SipMessage): number | null {
  const seconds = /^\d{1,6}/.exec(response.first(HeaderId.retryAfter) ?? '')?.[0]
  return seconds === undefined ? null : Math.min(retryAfterMsMax, Number(seconds) * 1000)
}

/** When to refresh what was granted for so long. */
export function refreshAfterMs(grantedSeconds: number): number {
  return Math.max(expiresSecondsMin, grantedSeconds) * 1000 * refreshShare
}
