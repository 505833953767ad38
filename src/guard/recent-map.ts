/**
 * A map of bounded size that forgets what was not asked for longest, a generation at a time. Deleting the oldest key
 * of a `Map` one by one costs more the larger it is: V8 keeps the places of deleted keys until it rebuilds the table,
 * and each look for the oldest key walks over them.
 */
export class RecentMap<K, V> {
  readonly #generationMax: number
  readonly #weightOf: (value: V) => number
  #young = new Map<K, V>()
  #old = new Map<K, V>()
  #youngWeight = 0

  /**
   * Holds at least the last entries that weigh `weightMax / 2` together, and never more than `weightMax`, but for one
   * that is heavier than half of it. `weightOf`: each is 1 where it is not given. It must not change.
   */
  constructor(weightMax: number, weightOf: (value: V) => number = () => 1) {
    this.#generationMax = Math.max(1, weightMax / 2)
    this.#weightOf = weightOf
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** Without counting as asked for. */
  has(key: K): boolean {
    return this.#young.has(key) || this.#old.has(key)
  }

  get(key: K): V | undefined {
    const value = this.#young.get(key)
    if (value !== undefined) return value
    const kept = this.#old.get(key)
    if (kept !== undefined) this.set(key, kept)
    return kept
  }

  set(key: K, value: V): void {
    const former = this.#young.get(key)
    const added = this.#weightOf(value) - (former === undefined ? 0 : this.#weightOf(former))
    if (this.#youngWeight + added > this.#generationMax && former === undefined && this.#young.size > 0) {
      this.#old = this.#young
      this.#young = new Map()
      this.#youngWeight = 0
    }
    this.#young.set(key, value)
    this.#youngWeight += added
  }
}
