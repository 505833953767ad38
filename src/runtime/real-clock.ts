/**
 * The real clocks (port Clock). The steady wall clock follows the system's by at most 5 ms a second, so that a step
 * of the system clock ends no registration: it serves expiries only.
 */
import type { Clock } from '../ports/clock.ts'

/** How fast the steady clock may be drawn: milliseconds per millisecond. */
const drawRate = 0.005

export class RealClock implements Clock {
  #steadyMs: number
  #readAtMs: number

  /** `atLeastMs`: when the store was last written, so that expiries do not jump back over a restart. */
  constructor(atLeastMs = 0) {
    this.#steadyMs = Math.max(Date.now(), atLeastMs)
    this.#readAtMs = performance.now()
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
