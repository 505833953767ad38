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

export class TokenBuckets {
  readonly #perMs: number
  readonly #burst: number
  readonly #isOff: boolean
  readonly #buckets = new RecentMap<string, Bucket>(bucketsMax)

  /** 0 per second: no limit. */
  constructor(perSecond: number, burst: number) {
    this.#perMs = perSecond / 1000
    this.#burst = burst
    this.#isOff = perSecond === 0
  }

  /** Takes one token of the key; false when there is none. */
  take(key: string, nowMs: number): boolean {
    if (this.#isOff) return true
    const bucket = this.#buckets.get(key)
    if (!bucket) {
      this.#buckets.set(key, { tokens: this.#burst - 1, atMs: nowMs })
      return true
    }
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (nowMs - bucket.atMs) * this.#perMs)
    bucket.atMs = nowMs
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }
}
