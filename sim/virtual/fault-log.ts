/**
 * Which answers of devices may have been lost to the faults of a virtual run: for each second copy of a message, the
 * fault that caused it (CAPACITY D.3). Nothing else is excused.
 */
import type { LineFault } from '../history.ts'
import type { AnswerLosses } from '../verify/message-verifier.ts'
import type { Weather } from '../world/weather.ts'

/** What is crossing may have been on its way a little before, or need a flush a little after. */
const usualGraceMs = 1_500

export class FaultLog implements AnswerLosses {
  readonly #lines = new Map<string, LineFault[]>()
  /** Deaths of workers and server, batches that failed. */
  readonly #lossesMs: number[] = []
  readonly #addressOf: (user: number, device: number) => string
  readonly #weather: Weather
  #graceMs = usualGraceMs

  constructor(weather: Weather, addressOf: (user: number, device: number) => string) {
    this.#weather = weather
    this.#addressOf = addressOf
  }

  loss(atMs: number): void {
    this.#lossesMs.push(atMs)
    // At its slowest: a few hops of the bus, two flushes, the way to the device and back.
    const { flushMaxDelayMs, busMaxDelayMs, network } = this.#weather
    const slowMs = 2 * flushMaxDelayMs + 6 * busMaxDelayMs + 2 * network.maxDelayMs
    this.#graceMs = Math.max(this.#graceMs, usualGraceMs + slowMs)
  }

  /** Each fault has its own end: that one of them is over says nothing of the others, or of another line. */
  line(address: string, fault: LineFault): void {
    const known = this.#lines.get(address)
    if (known) known.push(fault)
    else this.#lines.set(address, [fault])
  }

  mayHaveLost(user: number, device: number, answeredUs: number): boolean {
    const [fromMs, toMs] = [answeredUs / 1000 - this.#graceMs, answeredUs / 1000 + this.#graceMs]
    if (this.#lossesMs.some((atMs) => atMs >= fromMs && atMs <= toMs)) return true
    const broken = this.#lines.get(this.#addressOf(user, device)) ?? []
    return broken.some((each) => each.fromMs <= toMs && each.untilMs >= fromMs)
  }
}
