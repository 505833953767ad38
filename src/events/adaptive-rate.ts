/**
 * The adaptive minimum rate of RFC 6446 §6: a watcher wants so many NOTIFYs over time, those with news counted. After
 * many of them we are silent for longer, after few we repeat the state sooner.
 */

/** The period over which is counted is so many times the mean time between two; RFC 6446 §6.4 wants several. */
const gapsPerPeriod = 10

export class AdaptiveRate {
  /** 1 / adaptive-min-rate. */
  readonly gapMs: number
  /** How many were sent in each of the latest spans of `gapMs`; the one of now is at `#span` modulo their number. */
  readonly #counts = new Array<number>(gapsPerPeriod).fill(0)
  #span = 0

  constructor(gapMs: number) {
    this.gapMs = gapMs
  }

  /** A NOTIFY has left. Times are of a clock that never steps. */
  sent(nowMs: number): void {
    this.#moveTo(nowMs)
    const at = this.#span % gapsPerPeriod
    this.#counts[at] = this.#counts[at]! + 1
  }

  /**
   * How long after the last NOTIFY the next one is due: count / (rate² · period) (RFC 6446 §6.4, equation 1). At the
   * rate that was asked for, the count is rate · period, and this is 1 / rate.
   */
  timeoutMs(nowMs: number): number {
    this.#moveTo(nowMs)
    const count = this.#counts.reduce((sum, each) => sum + each, 0)
    return (count * this.gapMs) / gapsPerPeriod
  }

  #moveTo(nowMs: number): void {
    const span = Math.floor(nowMs / this.gapMs)
    const passed = Math.min(span - this.#span, gapsPerPeriod)
    for (let back = 0; back < passed; back++) this.#counts[(span - back) % gapsPerPeriod] = 0
    this.#span = span
  }
}
