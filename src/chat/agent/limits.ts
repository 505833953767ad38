/**
 * The times and bounds of a user agent, each with its reason.
 */

/** When a registration is refreshed: late enough to be rare, early enough for three attempts. */
export const refreshShare = 0.85
/** The server that does not say `expires` gave what was asked; one that says less than this is not believed. */
export const expiresSecondsMin = 10
/** RFC 5626 §4.4.1: a pong that takes longer means a dead flow. */
export const pongDeadlineMs = 10_000
/** A STUN request or its answer may be lost, so UDP gets more tries. */
export const udpPingsMax = 3
/** Without Flow-Timer: RFC 5626 §4.4.1 for streams, §4.4.2 for UDP, where NATs forget after half a minute. */
export const streamKeepAliveSeconds = 120
export const udpKeepAliveSeconds = 29
/** RFC 5626 §4.4: at a random time between 80 and 100 % of it, so that clients do not ping in step. */
export const keepAliveShareMin = 0.8
/** How long a sign-out may take before the connection is simply closed. */
export const signOutDeadlineMs = 2_000
/** What was typed before there is a connection; beyond it a message fails at once. */
export const waitingMessagesMax = 500
/** RFC 3428 §8: over UDP no MESSAGE of more than 1,300 bytes. */
export const udpRequestBytesMax = 1_300
/** A repetition comes soon after the first, or after a restart of the server; this is weeks of a busy person. */
export const seenMessagesMax = 2_000
/** 401, then at most one `stale`: a server that asks a third time will not stop. */
export const challengesMax = 2
/** A longer Retry-After is a server that is not coming back soon; the user may still try. */
export const retryAfterMsMax = 300_000

/** Of subscriptions and publications: the default of RFC 3856 §6.4. */
export const presenceSeconds = 3_600
/** Between two attempts at what the server refuses for now; nobody waits for it as for a message. */
export const presenceBackOff = { baseMs: 5_000, maxMs: 300_000 }
/** People whose states are followed at the same time. */
export const watchesMax = 50

/** RFC 3994 §3.2 and §3.3: idle after 15 s without typing; active repeated not before 60 s, believed 120 s. */
export const composingIdleMs = 15_000
export const composingRefreshSeconds = 60
export const composingBelievedSeconds = 120
/** People who type to us at the same time; beyond it the notice is not shown. */
export const composersMax = 1_000
