/**
 * A set of numbers, each with a small value, in typed arrays: five bytes an entry, four more where each has a time.
 * Looked up by running through it while it is small, which is as fast as hashing; order is not kept.
 */
import { NumberIndex } from './number-index.ts'

const firstCapacity = 4
/** From so many entries on there is an index, and below half of them none any more. */
const indexedFrom = 64

export class NumberTable {
  #keys = noKeys
  #values = noValues
  /** Whole seconds since 1970, or another number that goes up; null: entries have none. */
  #times: Uint32Array | null
  #count = 0
  /** Null while the table is small. */
  #index: NumberIndex | null = null

  constructor({ isTimed = false } = {}) {
    this.#times = isTimed ? noKeys : null
  }

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

  /** Of an entry in a table with times, in whole seconds since 1970. */
  timeAt(index: number): number {
    return this.#times?.[index] ?? 0
  }

  /** -1 where the key is not there. */
  indexOf(key: number): number {
    if (this.#index) return this.#index.positionOf(this.#keys, key)
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

  /** True: it is new. `seconds` is kept for a new one. */
  set(key: number, value: number, seconds = 0): boolean {
    const index = this.indexOf(key)
    if (index >= 0) {
      this.#values[index] = value
      return false
    }
    if (this.#count === this.#keys.length) this.#resize(Math.max(firstCapacity, Math.ceil(this.#count * 1.5)))
    this.#keys[this.#count] = key
    this.#values[this.#count] = value
    if (this.#times) this.#times[this.#count] = seconds
    this.#count++
    if (this.#index) this.#index.add(this.#keys, this.#count - 1)
    else if (this.#count === indexedFrom) this.#index = new NumberIndex(this.#keys, this.#count)
    return true
  }

  /** True: it was there. The last entry takes its place. */
  delete(key: number): boolean {
    const index = this.indexOf(key)
    if (index < 0) return false
    this.#index?.remove(this.#keys, key)
    this.#count--
    if (index < this.#count) this.#index?.move(this.#keys, this.#keys[this.#count]!, index)
    if (this.#count < indexedFrom / 2) this.#index = null
    this.#keys[index] = this.#keys[this.#count]!
    this.#values[index] = this.#values[this.#count]!
    if (this.#times) this.#times[index] = this.#times[this.#count]!
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
    if (!this.#times) return
    const times = new Uint32Array(capacity)
    times.set(this.#times.subarray(0, Math.min(this.#count, capacity)))
    this.#times = times
  }
}

/** No number that is handed out: it would take four thousand million names first. */
const unused = 0xffffffff
const noKeys = new Uint32Array(0)
const noValues = new Uint8Array(0)
