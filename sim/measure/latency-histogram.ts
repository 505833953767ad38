/**
 * A histogram of latencies, 1 µs to 120 s, with three significant digits: percentiles come from counts that were added,
 * never from averages of percentiles. Buckets are log-linear: 2,048 to the octave above the first 2,048 µs, which are
 * exact, so a value is known to 1 part in 1,024. What lies beyond 120 s is counted as clipped and told.
 */

/** Largest value, µs. */
export const MAX_US = 120_000_000
const HALF = 1024
const BUCKETS = bucketOf(MAX_US) + 1

/** Only the buckets that were met: `[bucket, count]…` flat, in rising order of bucket. */
export interface SparseHistogram {
  readonly buckets: readonly number[]
  readonly count: number
  readonly clipped: number
  readonly maxUs: number
}

export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS)
  #count = 0
  #clipped = 0
  #maxUs = 0
  /** The buckets between which all lie that were met: a second of a run meets some hundred of 18,000. */
  #lowest = BUCKETS
  #highest = -1

  static of(sparse: SparseHistogram): LatencyHistogram {
    const histogram = new LatencyHistogram()
    histogram.add(sparse)
    return histogram
  }

  get count(): number {
    return this.#count
  }

  get clipped(): number {
    return this.#clipped
  }

  get maxUs(): number {
    return this.#maxUs
  }

  /** Negative values, which a wrong clock makes, count as 0. */
  record(us: number): void {
    const value = Math.max(0, Math.round(us))
    if (value > MAX_US) this.#clipped++
    if (value > this.#maxUs) this.#maxUs = value
    this.#met(bucketOf(Math.min(value, MAX_US)), 1)
    this.#count++
  }

  clear(): void {
    if (this.#count === 0) return
    this.#counts.fill(0, this.#lowest, this.#highest + 1)
    this.#lowest = BUCKETS
    this.#highest = -1
    this.#count = 0
    this.#clipped = 0
    this.#maxUs = 0
  }

  add(other: SparseHistogram): void {
    for (let at = 0; at < other.buckets.length; at += 2) this.#met(other.buckets[at]!, other.buckets[at + 1]!)
    this.#count += other.count
    this.#clipped += other.clipped
    this.#maxUs = Math.max(this.#maxUs, other.maxUs)
  }

  /** The smallest value that at least `percent` of all do not exceed, µs; 0 where there is none. */
  percentileUs(percent: number): number {
    const wanted = Math.max(1, Math.ceil((percent / 100) * this.#count))
    let seen = 0
    for (let bucket = this.#lowest; bucket <= this.#highest; bucket++) {
      seen += this.#counts[bucket]!
      if (seen >= wanted) return Math.min(upperEdgeOf(bucket), this.#maxUs)
    }
    return 0
  }

  toSparse(): SparseHistogram {
    const buckets: number[] = []
    if (this.#count === 0) return { buckets, count: 0, clipped: 0, maxUs: 0 }
    for (let bucket = this.#lowest; bucket <= this.#highest; bucket++) {
      const count = this.#counts[bucket]!
      if (count > 0) buckets.push(bucket, count)
    }
    return { buckets, count: this.#count, clipped: this.#clipped, maxUs: this.#maxUs }
  }

  #met(bucket: number, times: number): void {
    this.#counts[bucket] = this.#counts[bucket]! + times
    if (bucket < this.#lowest) this.#lowest = bucket
    if (bucket > this.#highest) this.#highest = bucket
  }
}

function bucketOf(us: number): number {
  if (us < 2 * HALF) return us
  const shift = 31 - Math.clz32(us) - 10
  return (shift + 1) * HALF + ((us >>> shift) - HALF)
}

function upperEdgeOf(bucket: number): number {
  if (bucket < 2 * HALF) return bucket
  const shift = Math.floor(bucket / HALF) - 1
  return ((bucket % HALF) + HALF + 1) * 2 ** shift - 1
}
