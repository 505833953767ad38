/**
 * The real clocks (port Clock). The steady wall clock follows the system's by at most 5 ms a second, so that a step
 * of the system clock ends no registration: it serves expiries only.
 */
import type { Clock } from '../ports/clock.ts'

/** How fast the steady clock may be drawn: milliseconds per millisecond. */
const drawRate = 0.005

/** What a steady wall clock showed, and when by the monotonic clock that all threads of the process share. */
export interface SteadyReading {
  readonly wallMs: number
  readonly atNs: bigint
}

/**
 * For the start of a server. `atLeastMs`: when the store was last written, so that expiries do not jump back over it.
 */
export function readSystemClock(atLeastMs = 0): SteadyReading {
  return { wallMs: Math.max(Date.now(), atLeastMs), atNs: process.hrtime.bigint() }
}

/** Microseconds of the monotonic clock that all threads of the process share. */
export function sharedUs(): number {
  return Number(process.hrtime.bigint()) / 1_000
}

export class RealClock implements Clock {
  #steadyMs: number
  #readAtMs: number

  /** Goes on from a reading of another thread's clock: a worker that is restarted must not take over a step. */
  constructor(reading: SteadyReading = readSystemClock()) {
    this.#steadyMs = reading.wallMs + Number(process.hrtime.bigint() - reading.atNs) / 1e6
    this.#readAtMs = performance.now()
  }

  read(): SteadyReading {
    return { wallMs: this.wallMs(), atNs: process.hrtime.bigint() }
  }

  monotonicMs(): number {
    return performance.now()
  }

  wallMs(): number {
    const nowMs = performance.now()
    const passedMs = nowMs - this.#readAtMs
    const awayMs = Date.now() - (this.#steadyMs + passedMs)
    const drawnMs = Math.max(-passedMs * drawRate, Math.min(passedMs * drawRate, awayMs))
    this.#steadyMs += passedMs + drawnMs
    this.#readAtMs = nowMs
    return Math.floor(this.#steadyMs)
  }

  systemMs(): number {
    return Date.now()
  }
}
