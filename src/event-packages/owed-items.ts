/**
 * What one subscription has still to be told, where documents are full first and then partial with a version: RFC 3680
 * §5.1, RFC 3858 §4.1.
 */

/** More changes than this between two NOTIFYs, and all of it is told anew. */
const changesMax = 100

export interface Owed<Item> {
  readonly version: number
  readonly state: 'full' | 'partial'
  readonly items: readonly Item[]
  /** There is more than was asked for: it is owed as changes. */
  readonly hasMore: boolean
}

export class OwedItems<Item> {
  readonly #idOf: (item: Item) => string
  #version: number
  #owesAll = true
  #changes = new Map<string, Item>()
  #changesMax = changesMax

  /** `firstVersion`: higher than any that its watcher was told in an earlier start. */
  constructor(firstVersion: number, idOf: (item: Item) => string) {
    this.#version = firstVersion
    this.#idOf = idOf
  }

  /** This item has changed; of several changes of one item the last is told. */
  note(item: Item): void {
    if (this.#owesAll) return
    this.#changes.set(this.#idOf(item), item)
    if (this.#changes.size > this.#changesMax) this.#owesAll = true
  }

  /** For the next document, which counts as told; null: there is nothing new. */
  take(want: 'full' | 'changes', all: () => readonly Item[], itemsMax = Number.POSITIVE_INFINITY): Owed<Item> | null {
    const isFull = want === 'full' || this.#owesAll
    const items = isFull ? all() : [...this.#changes.values()]
    if (items.length === 0 && !isFull) return null
    const left = items.slice(itemsMax)
    this.#owesAll = false
    this.#changes = new Map(left.map((item) => [this.#idOf(item), item]))
    this.#changesMax = left.length + changesMax
    const version = this.#version++
    return { version, state: isFull ? 'full' : 'partial', items: items.slice(0, itemsMax), hasMore: left.length > 0 }
  }
}
