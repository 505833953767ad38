/**
 * What one subscription has still to be told, where documents are full first and then partial with a version: RFC 3680
 * §5.1, RFC 3858 §4.1.
 */

/** More changes than this between two NOTIFYs, and all of it is told anew. */
const changesMax = 100

export class OwedItems<Item> {
  #version: number
  #changes: Map<string, Item> | null = null
  #owesAll = true

  /** `firstVersion`: higher than any that its watcher was told in an earlier start. */
  constructor(firstVersion: number) {
    this.#version = firstVersion
  }

  /** This item has changed; of several changes of one item the last is told. */
  note(id: string, item: Item): void {
    if (this.#owesAll) return
    this.#changes ??= new Map()
    this.#changes.set(id, item)
    if (this.#changes.size > changesMax) this.#forget(true)
  }

  /** For the next document, which counts as told; null: there is nothing new. */
  take(want: 'full' | 'changes'): { readonly version: number; readonly items: readonly Item[] | 'all' } | null {
    const items = want === 'full' || this.#owesAll ? 'all' : [...(this.#changes?.values() ?? [])]
    if (items.length === 0) return null
    this.#forget(false)
    return { version: this.#version++, items }
  }

  #forget(owesAll: boolean): void {
    this.#owesAll = owesAll
    this.#changes = null
  }
}
