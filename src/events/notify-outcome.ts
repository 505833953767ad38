/**
 * What the answer to a NOTIFY, or that there is none, means for its subscription (RFC 6665 §4.2.2).
 */
import type { OutcomeMessage } from '../ports/bus.ts'
import { HeaderId } from '../sip/message/header-id.ts'

/** `ended`: its watcher has no such subscription, or cannot be told of it. `later`: it is told all after that time. */
export type NotifyOutcome =
  | { readonly means: 'provisional' | 'taken' | 'flow-failed' | 'ended' }
  | { readonly means: 'later'; readonly delayMs: number }

/** What we wait at most for a device that asks for patience with Retry-After. */
const retryAfterMsMax = 300_000

/** These end it, whatever else they say: RFC 6665 §4.2.2 names them, and 408 is that nobody has answered. */
const ending = new Set([404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604])

export function readNotifyOutcome({ status, response }: Pick<OutcomeMessage, 'status' | 'response'>): NotifyOutcome {
  if (status === 0 || status === 430) return { means: 'flow-failed' }
  if (status < 200) return { means: 'provisional' }
  if (status < 300) return { means: 'taken' }
  const mayRetry = status >= 400 && !ending.has(status)
  const delayMs = mayRetry ? retryAfterOf(response?.first(HeaderId.retryAfter) ?? null) : null
  return delayMs === null ? { means: 'ended' } : { means: 'later', delayMs }
}

/** Retry-After in milliseconds, `null` when there is none that can be read (RFC 3261 §20.33). */
function retryAfterOf(value: string | null): number | null {
  const seconds = value === null ? Number.NaN : Number.parseInt(value, 10)
  return Number.isNaN(seconds) ? null : Math.min(retryAfterMsMax, Math.max(1, seconds) * 1000)
}
