/**
 * How the network, the bus and the disk behave just now. Faults change it; the liveness phase makes it fine.
 */
import type { Prng } from './prng.ts'

export class NetworkWeather {
  lossProbability = 0
  doubleProbability = 0
  /** That a stream's message arrives in pieces. */
  splitProbability = 0
  minDelayMs = 1
  maxDelayMs = 20

  delayMs(random: Prng): number {
    return random.between(this.minDelayMs, this.maxDelayMs)
  }
}

export class Weather {
  readonly network: NetworkWeather
  busMaxDelayMs = 2
  /** That a word about a watch never arrives at the other worker. */
  watchLossProbability = 0
  flushMaxDelayMs = 10

  constructor(network = new NetworkWeather()) {
    this.network = network
  }

  flushDelayMs(random: Prng): number {
    return random.between(1, this.flushMaxDelayMs)
  }

  clear(): void {
    this.network.lossProbability = 0
    this.network.doubleProbability = 0
    this.network.maxDelayMs = 20
    this.busMaxDelayMs = 2
    this.watchLossProbability = 0
    this.flushMaxDelayMs = 10
    this.network.splitProbability = 0
  }
}
