/**
 * How much of its time a worker's thread is at work, smoothed over a second or so. Time in which another program has
 * the core counts as work: then there is as little to give away.
 */

/** As `performance.eventLoopUtilization` counts, in milliseconds since the thread began. */
export interface LoopTimes {
  readonly idle: number
  readonly active: number
}

const sampleMs = 250
/** Of the newest sample: after four of them three quarters of what is shown is new. */
const weight = 0.3

export class BusyShare {
  readonly #times: () => LoopTimes
  #last: LoopTimes
  #share = 0

  constructor(times: () => LoopTimes) {
    this.#times = times
    this.#last = times()
  }

  get share(): number {
    return this.#share
  }

  /** To be called every few milliseconds. */
  look(): void {
    const times = this.#times()
    const active = times.active - this.#last.active
    const passed = active + times.idle - this.#last.idle
    if (passed < sampleMs) return
    this.#last = times
    // However long the sample took, it counts for as many as would have fitted in.
    const left = (1 - weight) ** (passed / sampleMs)
    this.#share = this.#share * left + (active / passed) * (1 - left)
  }
}

/** Of this thread, whose rests the event loop takes for work. */
export function loopTimes(restedMs: number): LoopTimes {
  const { idle, active } = performance.eventLoopUtilization()
  return { idle: idle + restedMs, active: active - restedMs }
}
