/**
 * Nonce counts seen (RFC 7616 §3.4.6): each (nonce, count) is good once. A window of 32 counts below the highest one
 * allows for requests that overtook each other on UDP. Bounded: the oldest nonces are forgotten and are stale from
 * then on.
 */
interface Seen {
  highest: number
  /** Bit i: count `highest - i` was used. */
  window: number
}

const noncesMax = 100_000

export type CountVerdict = 'fresh' | 'used'

export class NonceCounts {
  readonly #seen = new Map<string, Seen>()

  /** Says whether this count is good, without marking it. */
  check(nonce: string, count: number): CountVerdict {
    const seen = this.#seen.get(nonce)
    if (!seen || count > seen.highest) return 'fresh'
    const age = seen.highest - count
    return age < 32 && (seen.window & (1 << age)) === 0 ? 'fresh' : 'used'
  }

  mark(nonce: string, count: number): void {
    const seen = this.#seen.get(nonce)
    if (!seen) {
      this.#seen.set(nonce, { highest: count, window: 1 })
      if (this.#seen.size > noncesMax) this.#seen.delete(this.#seen.keys().next().value as string)
      return
    }
    if (count > seen.highest) {
      const shift = count - seen.highest
      seen.window = shift < 32 ? (seen.window << shift) | 1 : 1
      seen.highest = count
    } else if (seen.highest - count < 32) seen.window |= 1 << (seen.highest - count)
  }
}
