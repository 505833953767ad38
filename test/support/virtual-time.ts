/**
 * A clock that stands until a test moves it, with the real timer wheel on it.
 */
import { TimerWheel } from '../../src/runtime/timer-wheel.ts'

export class VirtualTime {
  readonly timers: TimerWheel
  #nowMs = 0

  constructor() {
    this.timers = new TimerWheel(this)
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  /** The process stood still: timers that were due meanwhile see how late it is. */
  jumpTo(timeMs: number): void {
    this.#nowMs = timeMs
    this.timers.advance(timeMs)
  }

  /** Moves to `timeMs`, stopping at each timer on the way, so that a target sees the time for which it was set. */
  advanceTo(timeMs: number): void {
    for (let dueMs = this.timers.nextDueMs(); dueMs <= timeMs; dueMs = this.timers.nextDueMs()) {
      this.#nowMs = dueMs
      this.timers.advance(dueMs)
    }
    this.#nowMs = timeMs
  }
}
