/**
 * The weather of a machine that works: a network of one round-trip time, and a disk that takes what it takes.
 */
import type { Prng } from '../world/prng.ts'
import { NetworkWeather, Weather } from '../world/weather.ts'

/** What faults have made worse than this is worse here too. */
const usualFlushMaxMs = new Weather().flushMaxDelayMs
const usualDelayMaxMs = new NetworkWeather().maxDelayMs

class SteadyNetwork extends NetworkWeather {
  readonly #oneWayMs: number

  constructor(rttMs: number) {
    super()
    this.#oneWayMs = rttMs / 2
  }

  override delayMs(random: Prng): number {
    return this.#oneWayMs + (this.maxDelayMs > usualDelayMaxMs ? random.between(0, this.maxDelayMs) : 0)
  }
}

export class ProfileWeather extends Weather {
  readonly #flushMs: (random: () => number) => number

  /** `flushMs`: how long one flush takes, drawn with what gives numbers from 0 up to 1. */
  constructor(rttMs: number, flushMs: (random: () => number) => number) {
    super(new SteadyNetwork(rttMs))
    this.busMaxDelayMs = 0
    this.#flushMs = flushMs
  }

  override flushDelayMs(random: Prng): number {
    const ownMs = this.#flushMs(() => random.float())
    return ownMs + (this.flushMaxDelayMs > usualFlushMaxMs ? random.between(0, this.flushMaxDelayMs) : 0)
  }
}
