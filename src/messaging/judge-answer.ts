/**
 * What a device's answer to a MESSAGE means for its delivery (RFC 3428 §7): taken, refused for good, or not now.
 */

/** `next-flow`: this flow leads nowhere, the device's next one may (RFC 5626 §5.3, 430 Flow Failed). */
export type AnswerMeaning = 'provisional' | 'taken' | 'refused' | 'not-now' | 'next-flow'

/**
 * Final answers below 500 that say *not now* rather than *no*: silence, unavailable, busy, busy with another request.
 * Every other 3xx and 4xx is refused for good: asking again would only block the messages behind it for days.
 */
const notNow: ReadonlySet<number> = new Set([408, 480, 486, 491])

/** `status` as in `OutcomeMessage`: 0 when the flow is gone. */
export function judgeAnswer(status: number): AnswerMeaning {
  if (status >= 200 && status < 300) return 'taken'
  if (status === 0 || status === 430) return 'next-flow'
  if (status < 200) return 'provisional'
  // The device has this message already, by another way (RFC 3261 §8.2.2.2).
  if (status === 482) return 'taken'
  if (notNow.has(status)) return 'not-now'
  // A 5xx is the device's own trouble, and troubles end.
  return status >= 500 && status < 600 ? 'not-now' : 'refused'
}
