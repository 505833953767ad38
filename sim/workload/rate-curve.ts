/**
 * Activity over time, piecewise constant: how many events of a process with rate 1 an hour fall between two moments,
 * and when the next one is due. A day's curve repeats; time may be negative, for what began before the run.
 */
export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

export interface CurvePoint {
  readonly fromMs: number
  readonly value: number
}

/** Longer than any run: the period of a curve that does not repeat. Before its beginning it has its last value. */
const never = 1e14

export class RateCurve {
  readonly #points: readonly CurvePoint[]
  readonly #periodMs: number
  readonly #sum: number

  /** Points in order, the first from 0 on. */
  constructor(points: readonly CurvePoint[], periodMs: number = never) {
    this.#points = points
    this.#periodMs = periodMs
    this.#sum = points.reduce((sum, { value }, index) => sum + value * (this.#endOf(index) - points[index]!.fromMs), 0)
  }

  /** 24 values, one for each hour of the day, or a single one for always. */
  static ofHours(values: readonly number[]): RateCurve {
    if (values.length === 1) return new RateCurve([{ fromMs: 0, value: values[0]! }])
    return new RateCurve(
      values.map((value, hour) => ({ fromMs: hour * hourMs, value })),
      values.length * hourMs,
    )
  }

  at(ms: number): number {
    return this.#points[this.#indexAt(this.#inPeriod(ms))]!.value
  }

  /** Each value replaced, for processes whose rate depends on it. */
  map(change: (value: number) => number): RateCurve {
    return new RateCurve(
      this.#points.map(({ fromMs, value }) => ({ fromMs, value: change(value) })),
      this.#periodMs,
    )
  }

  /** The values multiplied by `factor` within the stretches; only for a curve that is the same always. */
  withStretches(stretches: readonly { readonly fromMs: number; readonly forMs: number }[], factor: number): RateCurve {
    const base = this.#points[0]!.value
    const points = stretches.flatMap(({ fromMs, forMs }) => [
      { fromMs, value: base * factor },
      { fromMs: fromMs + forMs, value: base },
    ])
    return new RateCurve([{ fromMs: 0, value: base }, ...points])
  }

  /** The moment at which `hours` of activity (hours at value 1) have gone by since `fromMs`; Infinity if never. */
  advance(fromMs: number, hours: number): number {
    if (this.#sum <= 0) return Infinity
    let left = hours * hourMs
    const wholePeriods = Math.floor(left / this.#sum)
    left -= wholePeriods * this.#sum
    let at = this.#inPeriod(fromMs)
    const base = fromMs - at + wholePeriods * this.#periodMs
    let turns = 0
    for (let index = this.#indexAt(at); ; index++) {
      if (index === this.#points.length) {
        index = 0
        at = 0
        turns++
      }
      const end = this.#endOf(index)
      const amount = (end - at) * this.#points[index]!.value
      if (amount > left) return base + turns * this.#periodMs + at + left / this.#points[index]!.value
      left -= amount
      at = end
    }
  }

  #inPeriod(ms: number): number {
    return ms - Math.floor(ms / this.#periodMs) * this.#periodMs
  }

  #indexAt(ms: number): number {
    let index = this.#points.length - 1
    while (index > 0 && this.#points[index]!.fromMs > ms) index--
    return index
  }

  #endOf(index: number): number {
    return this.#points[index + 1]?.fromMs ?? this.#periodMs
  }
}
