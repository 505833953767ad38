/**
 * Numbers by key, in typed arrays: open addressing, 8 bytes for the key and 4 for each column, doubled when three
 * quarters are full. Millions of pairs cost no object each.
 */
const empty = -1

export class PairTable {
  readonly #columns: number
  #keys: Float64Array
  #values: Uint32Array
  #size = 0

  constructor(columns: number, capacity = 1024) {
    this.#columns = columns
    this.#keys = new Float64Array(capacity).fill(empty)
    this.#values = new Uint32Array(capacity * columns)
  }

  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return this.#keys.byteLength + this.#values.byteLength
  }

  /** The row of a key, made with zeros where it is missing; good until the next `row`. */
  row(key: number): number {
    if (this.#size * 4 >= this.#keys.length * 3) this.#grow()
    const at = this.#find(key)
    if (this.#keys[at] === empty) {
      this.#keys[at] = key
      this.#size++
    }
    return at * this.#columns
  }

  /** -1 where the key is missing. */
  rowOf(key: number): number {
    const at = this.#find(key)
    return this.#keys[at] === empty ? -1 : at * this.#columns
  }

  get(row: number, column: number): number {
    return this.#values[row + column]!
  }

  set(row: number, column: number, value: number): void {
    this.#values[row + column] = value
  }

  *entries(): Generator<readonly [key: number, row: number]> {
    for (let at = 0; at < this.#keys.length; at++) {
      if (this.#keys[at] !== empty) yield [this.#keys[at]!, at * this.#columns]
    }
  }

  /** Drops the rows for which `isOver`, which may look at them. */
  prune(isOver: (key: number, row: number) => boolean): void {
    const kept: { key: number; values: Uint32Array }[] = []
    for (const [key, row] of this.entries()) {
      if (!isOver(key, row)) kept.push({ key, values: this.#values.slice(row, row + this.#columns) })
    }
    this.#keys.fill(empty)
    this.#values.fill(0)
    this.#size = 0
    for (const { key, values } of kept) this.#values.set(values, this.row(key))
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values]
    this.#keys = new Float64Array(keys.length * 2).fill(empty)
    this.#values = new Uint32Array(values.length * 2)
    for (let at = 0; at < keys.length; at++) {
      if (keys[at] === empty) continue
      const to = this.#find(keys[at]!)
      this.#keys[to] = keys[at]!
      this.#values.set(values.subarray(at * this.#columns, (at + 1) * this.#columns), to * this.#columns)
    }
  }

  /** Where the key is, or would be. */
  #find(key: number): number {
    const mask = this.#keys.length - 1
    let at = (Math.imul(key % 2 ** 31, 0x9e3779b1) ^ Math.imul(Math.floor(key / 2 ** 16), 0x85ebca6b)) & mask
    while (this.#keys[at] !== empty && this.#keys[at] !== key) at = (at + 1) & mask
    return at
  }
}
