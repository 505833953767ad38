/**
 * Nonce counts seen (RFC 7616 §3.4.6): each (nonce, count) is good once. A window of 32 counts below the highest one
 * allows for requests that overtook each other on UDP. Bounded: the oldest nonces are forgotten and are stale from
 * then on.
 */
import { ownText } from '../sip/message/own-text.ts'

interface Seen {
  readonly madeMs: number
  highest: number
  /** Bit i: count `highest - i` was used. */
  window: number
}

const noncesMax = 100_000

export type CountVerdict = 'fresh' | 'used'

export class NonceCounts {
  readonly #seen = new Map<string, Seen>()
  /** Of nonces made before this nobody can say what was used: nothing is good any more. */
  #countedFromMs: number

  /** `countedFromMs`: steady wall clock from which this shard has seen every use of a nonce. */
  constructor(countedFromMs: number) {
    this.#countedFromMs = countedFromMs
  }

  /** Says whether this count is good, without marking it. `madeMs`: when the nonce was made. */
  check(nonce: string, madeMs: number, count: number): CountVerdict {
    const seen = this.#seen.get(nonce)
    if (!seen) return madeMs < this.#countedFromMs ? 'used' : 'fresh'
    if (count > seen.highest) return 'fresh'
    const age = seen.highest - count
    return age < 32 && (seen.window & (1 << age)) === 0 ? 'fresh' : 'used'
  }

  mark(nonce: string, madeMs: number, count: number): void {
    const seen = this.#seen.get(nonce)
    if (!seen) {
      this.#seen.set(ownText(nonce), { madeMs, highest: count, window: 1 })
      if (this.#seen.size > noncesMax) this.#forgetOldestHalf()
      return
    }
    if (count > seen.highest) {
      const shift = count - seen.highest
      seen.window = shift < 32 ? (seen.window << shift) | 1 : 1
      seen.highest = count
    } else if (seen.highest - count < 32) seen.window |= 1 << (seen.highest - count)
  }

  /** Many at once: V8 walks over the places of deleted keys each time that the oldest one is looked for. */
  #forgetOldestHalf(): void {
    let left = noncesMax / 2
    for (const [nonce, { madeMs }] of this.#seen) {
      if (left-- === 0) return
      this.#seen.delete(nonce)
      this.#countedFromMs = Math.max(this.#countedFromMs, madeMs + 1)
    }
  }
}
