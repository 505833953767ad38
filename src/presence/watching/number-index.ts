/**
 * Where each of many distinct numbers stands in an array that others keep: open addressing over typed arrays, some
 * eight to sixteen bytes a number. A removal closes the gap that it leaves, so nothing is ever searched past.
 */

/** Of the golden ratio, so that numbers which were handed out one after the other spread (Knuth, TAOCP 6.4). */
const multiplier = 0x9e3779b1
const slotsMin = 128

export class NumberIndex {
  /** Position + 1 of a number; 0: free. At most half of them are used. */
  #positions = new Uint32Array(slotsMin)
  #shift = 32 - Math.log2(slotsMin)
  #count = 0

  /** `keys` holds `count` numbers, at the positions that are to be found. */
  constructor(keys: Uint32Array, count: number) {
    for (let position = 0; position < count; position++) this.add(keys, position)
  }

  /** -1 where it is not there. */
  positionOf(keys: Uint32Array, key: number): number {
    return this.#positions[this.#slotOf(keys, key)]! - 1
  }

  /** What `keys` has there from now on, which it had nowhere before. */
  add(keys: Uint32Array, position: number): void {
    if (this.#count * 2 === this.#positions.length) this.#grow(keys)
    this.#positions[this.#slotOf(keys, keys[position]!)] = position + 1
    this.#count++
  }

  /** `key` is to stand at another position. To be called while `keys` has it at the one before. */
  move(keys: Uint32Array, key: number, position: number): void {
    this.#positions[this.#slotOf(keys, key)] = position + 1
  }

  /** To be called while `keys` still has it. */
  remove(keys: Uint32Array, key: number): void {
    const positions = this.#positions
    const mask = positions.length - 1
    let gap = this.#slotOf(keys, key)
    positions[gap] = 0
    this.#count--
    for (let slot = (gap + 1) & mask; positions[slot] !== 0; slot = (slot + 1) & mask) {
      // It may stand in the gap unless its own place lies behind that.
      const home = this.#homeOf(keys[positions[slot]! - 1]!)
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue
      positions[gap] = positions[slot]!
      positions[slot] = 0
      gap = slot
    }
  }

  /** Its slot, or the free one that ends the search. */
  #slotOf(keys: Uint32Array, key: number): number {
    const positions = this.#positions
    const mask = positions.length - 1
    let slot = this.#homeOf(key)
    while (positions[slot] !== 0 && keys[positions[slot]! - 1] !== key) slot = (slot + 1) & mask
    return slot
  }

  #homeOf(key: number): number {
    return Math.imul(key, multiplier) >>> this.#shift
  }

  #grow(keys: Uint32Array): void {
    const before = this.#positions
    this.#positions = new Uint32Array(before.length * 2)
    this.#shift--
    for (const entry of before) if (entry !== 0) this.#positions[this.#slotOf(keys, keys[entry - 1]!)] = entry
  }
}
