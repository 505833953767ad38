/**
 * A set of pairs of users, by open addressing: half a million pairs are found and added in a few milliseconds.
 */
export class PairSet {
  readonly #users: number
  readonly #keys: Float64Array
  readonly #mask: number

  /** `pairsMax` pairs at most; the table is at most half full. */
  constructor(users: number, pairsMax: number) {
    this.#users = users
    let size = 16
    while (size < pairsMax * 2) size *= 2
    this.#keys = new Float64Array(size)
    this.#mask = size - 1
  }

  has(left: number, right: number): boolean {
    return this.#keys[this.#slot(this.#key(left, right))] !== 0
  }

  add(left: number, right: number): void {
    const key = this.#key(left, right)
    this.#keys[this.#slot(key)] = key
  }

  /** Of the unordered pair; never 0, which is an empty place. */
  #key(left: number, right: number): number {
    return left < right ? left * this.#users + right + 1 : right * this.#users + left + 1
  }

  #slot(key: number): number {
    const low = key >>> 0
    let mixed = Math.imul(low ^ (low >>> 15) ^ Math.imul((key / 2 ** 32) | 0, 0x85ebca6b), 0x9e3779b1)
    mixed ^= mixed >>> 13
    let slot = mixed & this.#mask
    for (;;) {
      const found = this.#keys[slot]!
      if (found === 0 || found === key) return slot
      slot = (slot + 1) & this.#mask
    }
  }
}
