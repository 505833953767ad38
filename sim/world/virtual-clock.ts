/**
 * The clocks of a virtual machine (port Clock): a monotonic one that starts anew with each worker, the system's, which
 * may be stepped, and the steady wall clock that follows it by at most 5 ms a second, as `src/runtime/real-clock.ts`
 * does.
 */
import type { Clock } from '../../src/ports/clock.ts'
import type { EventQueue } from './event-queue.ts'

/** 2027-01-01, so that no test depends on the day it runs. */
const startOfTimeMs = 1_798_761_600_000
const drawRate = 0.005

/** The machine's clock, which somebody may set. */
export class SystemTime {
  readonly #events: EventQueue
  #offsetMs = 0

  constructor(events: EventQueue) {
    this.#events = events
  }

  get nowMs(): number {
    return startOfTimeMs + this.#events.nowMs + this.#offsetMs
  }

  step(byMs: number): void {
    this.#offsetMs += byMs
  }
}

export class VirtualClock implements Clock {
  readonly #events: EventQueue
  readonly #system: SystemTime
  readonly #bornMs: number
  #steadyMs: number
  #readAtMs: number

  /**
   * `steadyMs`: where the steady wall clock starts. For a server the system's time, but not before the store was last
   * written; for a worker what main's clock says, so that its restart is no step.
   */
  constructor(events: EventQueue, system: SystemTime, steadyMs: number) {
    this.#events = events
    this.#system = system
    this.#bornMs = events.nowMs
    this.#steadyMs = steadyMs
    this.#readAtMs = events.nowMs
  }

  monotonicMs(): number {
    return this.#events.nowMs - this.#bornMs
  }

  wallMs(): number {
    const passedMs = this.#events.nowMs - this.#readAtMs
    const awayMs = this.#system.nowMs - (this.#steadyMs + passedMs)
    this.#steadyMs += passedMs + Math.max(-passedMs * drawRate, Math.min(passedMs * drawRate, awayMs))
    this.#readAtMs = this.#events.nowMs
    return Math.floor(this.#steadyMs)
  }

  systemMs(): number {
    return this.#system.nowMs
  }
}
