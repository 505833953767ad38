/**
 * Timers A to M by reliability (RFC 3261 table 4, RFC 6026 §7 and §8) and the port that the runners set them on.
 * Timer C, which ends an INVITE that rings for ever, belongs to proxies: only its length is here.
 */

/** An estimate of the round trip (RFC 3261 §17.1.1.1). */
export const t1Ms = 500
/** The longest interval between copies of a non-INVITE request or an INVITE response. */
export const t2Ms = 4_000
/** How long the network may keep a message. */
export const t4Ms = 5_000
/** How long a request may go without an answer; also how long a copy of it may still arrive. */
export const transactionTimeoutMs = 64 * t1Ms
/** RFC 3261 §16.6 item 11: more than three minutes. */
export const timerCMs = 185_000
/** When an INVITE server answers 100 for its user (RFC 3261 §17.2.1). */
export const tryingInviteMs = 200
/** When timer E of the client has reached T2: 0.5 + 1 + 2 s. Then a non-INVITE gets its 100 (RFC 4320 §4.1). */
export const tryingNonInviteMs = t1Ms + 2 * t1Ms + 4 * t1Ms

/** `Trying` and `TryingLate` have no letter in the RFCs: they send a 100 to an INVITE and to any other request. */
export type TimerName = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M' | 'Trying' | 'TryingLate'

interface TimerRule {
  readonly name: TimerName
  readonly event: `timer${TimerName}`
  /** Which of the two timers of a transaction it is: that for copies, or that which ends a state. */
  readonly role: 'repeat' | 'limit'
  readonly unreliableMs: number
  /** Null: not set at all. 0: its state ends as soon as it begins. */
  readonly reliableMs: number | null
}

/** Position is the `kind` that the port gives back. */
export const timerRules: readonly TimerRule[] = [
  { name: 'A', event: 'timerA', role: 'repeat', unreliableMs: t1Ms, reliableMs: null },
  { name: 'B', event: 'timerB', role: 'limit', unreliableMs: transactionTimeoutMs, reliableMs: transactionTimeoutMs },
  { name: 'D', event: 'timerD', role: 'limit', unreliableMs: 32_000, reliableMs: 0 },
  { name: 'E', event: 'timerE', role: 'repeat', unreliableMs: t1Ms, reliableMs: null },
  { name: 'F', event: 'timerF', role: 'limit', unreliableMs: transactionTimeoutMs, reliableMs: transactionTimeoutMs },
  { name: 'G', event: 'timerG', role: 'repeat', unreliableMs: t1Ms, reliableMs: null },
  { name: 'H', event: 'timerH', role: 'limit', unreliableMs: transactionTimeoutMs, reliableMs: transactionTimeoutMs },
  { name: 'I', event: 'timerI', role: 'limit', unreliableMs: t4Ms, reliableMs: 0 },
  { name: 'J', event: 'timerJ', role: 'limit', unreliableMs: transactionTimeoutMs, reliableMs: 0 },
  { name: 'K', event: 'timerK', role: 'limit', unreliableMs: t4Ms, reliableMs: 0 },
  { name: 'L', event: 'timerL', role: 'limit', unreliableMs: transactionTimeoutMs, reliableMs: transactionTimeoutMs },
  { name: 'M', event: 'timerM', role: 'limit', unreliableMs: transactionTimeoutMs, reliableMs: transactionTimeoutMs },
  { name: 'Trying', event: 'timerTrying', role: 'repeat', unreliableMs: tryingInviteMs, reliableMs: tryingInviteMs },
  {
    name: 'TryingLate',
    event: 'timerTryingLate',
    role: 'repeat',
    unreliableMs: tryingNonInviteMs,
    reliableMs: tryingNonInviteMs,
  },
]

/** The shapes of `src/ports/timers.ts`, told here once more because nothing in `src/sip` may import outside of it. */
export interface TransactionTimerTarget {
  onTimer(kind: number): void
}
export interface TransactionTimerHandle {
  readonly target: TransactionTimerTarget | null
}
export interface TransactionTimers {
  set(delayMs: number, target: TransactionTimerTarget, kind: number): TransactionTimerHandle
  cancel(handle: TransactionTimerHandle): void
}
