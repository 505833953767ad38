/**
 * In which order new work is given up, and from where on: by how far a worker is behind, by how much waits behind it,
 * and by its memory, whichever is first. The same order for all three, so that what is promised to those who are there
 * does not depend on what is short.
 */
import type { Entropy } from '../ports/entropy.ts'
import type { Counter, Metrics } from '../ports/metrics.ts'
import type { Pressure } from '../ports/pressure.ts'

/**
 * The first is given up first. `later`: publications of those who are signed in, and messages to somebody of whom no
 * device is there, which would be stored. `anything`: messages between people who are there, calls, refreshes of
 * registrations.
 */
export type NewWork = 'sign-in' | 'subscription' | 'later' | 'anything'

export type Shortage = 'delay' | 'waiting' | 'memory'
const shortages: readonly Shortage[] = ['delay', 'waiting', 'memory']

export interface SheddingLimits {
  /** Milliseconds; 0: never because of the delay. */
  readonly busyAfterMs: number
  /** Pieces of work; 0: never because of what waits. */
  readonly busyAfterWaiting: number
}

/**
 * Times the limit, and shares of the memory. A sign-on passes a worker's queue some ten times (REGISTER twice,
 * SUBSCRIBE with its watches, NOTIFY, PUBLISH): who is let in while it is short is served within seconds.
 */
const from: Readonly<Record<Shortage, Readonly<Record<NewWork, number>>>> = {
  delay: { 'sign-in': 0.25, subscription: 2, later: 3, anything: 5 },
  waiting: { 'sign-in': 1, subscription: 2, later: 3, anything: 4 },
  memory: { 'sign-in': 0.7, subscription: 0.8, later: 0.85, anything: 0.95 },
}

/** Why this work is refused now; null: it is welcome. */
export function shortageFor(work: NewWork, pressure: Pressure, limits: SheddingLimits): Shortage | null {
  const { busyAfterMs, busyAfterWaiting } = limits
  if (busyAfterMs > 0 && pressure.delayMs() >= busyAfterMs * from.delay[work]) return 'delay'
  if (busyAfterWaiting > 0 && pressure.waitingCount() >= busyAfterWaiting * from.waiting[work]) return 'waiting'
  return pressure.memoryShare() >= from.memory[work] ? 'memory' : null
}

/** What waits is worked off within seconds; memory is given back when somebody leaves. */
const leastSeconds: Readonly<Record<Shortage, number>> = { delay: 1, waiting: 1, memory: 10 }
const spreadSeconds = 8

/** Seconds to stay away: at least as long as we are behind, and so many more that not all come back at once. */
export function retryAfterSeconds(shortage: Shortage, pressure: Pressure, entropy: Entropy): number {
  const random = Number.parseInt(entropy.word(2), 16) % spreadSeconds
  return leastSeconds[shortage] + Math.ceil(pressure.delayMs() / 1_000) + random
}

export type SheddingCounters = Readonly<Record<Shortage, Counter>>

export function sheddingCounters(metrics: Metrics): SheddingCounters {
  const help = 'Requests refused because a worker was behind, too much waited, or memory was short (by)'
  const counters = shortages.map((by) => [by, metrics.counter('meridian_overloaded_total', help, { by })] as const)
  return Object.fromEntries(counters) as SheddingCounters
}
