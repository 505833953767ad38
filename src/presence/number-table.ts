/**
 * A set of numbers, each with a small value, in two typed arrays: five bytes an entry. Looked up by running through
 * it, which for some hundred entries is as fast as hashing; order is not kept.
 */
const firstCapacity = 4

export class NumberTable {
  #keys = noKeys
  #values = noValues
  #count = 0

  get count(): number {
    return this.#count
  }

  keyAt(index: number): number {
    return this.#keys[index]!
  }

  valueAt(index: number): number {
    return this.#values[index]!
  }

  setValueAt(index: number, value: number): void {
    this.#values[index] = value
  }

  /** -1 where the key is not there. */
  indexOf(key: number): number {
    const index = this.#keys.indexOf(key)
    return index < this.#count ? index : -1
  }

  has(key: number): boolean {
    return this.indexOf(key) >= 0
  }

  /** -1 where the key is not there. */
  get(key: number): number {
    const index = this.indexOf(key)
    return index < 0 ? -1 : this.#values[index]!
  }

  /** True: it is new. */
  set(key: number, value: number): boolean {
    const index = this.indexOf(key)
    if (index >= 0) {
      this.#values[index] = value
      return false
    }
    if (this.#count === this.#keys.length) this.#resize(Math.max(firstCapacity, Math.ceil(this.#count * 1.5)))
    this.#keys[this.#count] = key
    this.#values[this.#count] = value
    this.#count++
    return true
  }

  /** True: it was there. The last entry takes its place. */
  delete(key: number): boolean {
    const index = this.indexOf(key)
    if (index < 0) return false
    this.#count--
    this.#keys[index] = this.#keys[this.#count]!
    this.#values[index] = this.#values[this.#count]!
    // What is behind the count must not be found.
    this.#keys[this.#count] = unused
    if (this.#count < this.#keys.length / 3) this.#resize(this.#count)
    return true
  }

  #resize(capacity: number): void {
    const keys = new Uint32Array(capacity).fill(unused)
    keys.set(this.#keys.subarray(0, Math.min(this.#count, capacity)))
    const values = new Uint8Array(capacity)
    values.set(this.#values.subarray(0, Math.min(this.#count, capacity)))
    this.#keys = keys
    this.#values = values
  }
}

/** No number that is handed out: it would take four thousand million names first. */
const unused = 0xffffffff
const noKeys = new Uint32Array(0)
const noValues = new Uint8Array(0)
