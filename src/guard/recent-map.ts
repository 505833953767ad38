/**
 * A map of bounded size that forgets what was not asked for longest, a generation at a time. Deleting the oldest key
 * of a `Map` one by one costs more the larger it is: V8 keeps the places of deleted keys until it rebuilds the table,
 * and each look for the oldest key walks over them.
 */
export class RecentMap<K, V> {
  readonly #generationMax: number
  #young = new Map<K, V>()
  #old = new Map<K, V>()

  /** Holds at least the last `entriesMax / 2` entries, and never more than `entriesMax`. */
  constructor(entriesMax: number) {
    this.#generationMax = Math.max(1, entriesMax >> 1)
  }

  get(key: K): V | undefined {
    const value = this.#young.get(key)
    if (value !== undefined) return value
    const kept = this.#old.get(key)
    if (kept !== undefined) this.set(key, kept)
    return kept
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#generationMax && !this.#young.has(key)) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }
}
