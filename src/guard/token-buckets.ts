/**
 * Token buckets against floods: one per key (source address, flow, account), bounded in number.
 */
import { RecentMap } from './recent-map.ts'

interface Bucket {
  tokens: number
  atMs: number
}

/** Idle buckets beyond this many are full again anyway; those longest unused go first. */
const bucketsMax = 50_000

export interface BucketLimits {
  /** 0: no limit. */
  readonly requestsPerSecond: number
  readonly burst: number
}

export class TokenBuckets {
  readonly #limits: BucketLimits
  readonly #buckets = new RecentMap<string, Bucket>(bucketsMax)

  /** Reads the limits at each use: a reload of the configuration may change them. */
  constructor(limits: BucketLimits) {
    this.#limits = limits
  }

  /** Takes one token of the key; false when there is none. */
  take(key: string, nowMs: number): boolean {
    const { requestsPerSecond, burst } = this.#limits
    if (requestsPerSecond === 0) return true
    const bucket = this.#buckets.get(key)
    if (!bucket) {
      this.#buckets.set(key, { tokens: burst - 1, atMs: nowMs })
      return true
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) * requestsPerSecond) / 1000)
    bucket.atMs = nowMs
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }
}
