/**
 * Bounds and times of messaging that no administrator needs to turn. What can be turned is in `settings.ts`.
 */

/**
 * A queue sends to its device up to this many messages at once, each of another sender: enough to hide a round trip.
 */
export const queueSendersMax = 8

/**
 * A flow that dies this often so soon after one message was sent: the message is the likely cause. Others try 3 to 5
 * times.
 */
export const flowDeathsMax = 3
export const flowDeathWithinMs = 5_000

/**
 * After this no outcome is expected any more. Timer F of the edge's transaction ends at 32 s (RFC 3261 §17.1.2.2) and
 * is reported; only an edge that died with its worker reports nothing.
 */
export const outcomeExpectedMs = 40_000

/**
 * A device that is on line and will not take a message now is asked again after this time, then after twice as long.
 */
export const retryFirstMs = 5_000
export const retryMaxMs = 300_000

/** Operations, expired messages and idle users are looked for this often. */
export const sweepEveryMs = 10_000

/**
 * Messages set aside of one user; beyond it the oldest are removed. An administrator looks at a few, not at hundreds.
 */
export const setAsideMax = 20

/** While a user's records are read again, a delivery whose time is up looks again after this time. */
export const readingAgainMs = 100

/** What devices took is remembered so long, in case the removal of the stored copy was not flushed. */
export const takenRememberedMs = 60_000
