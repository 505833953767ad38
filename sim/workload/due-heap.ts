/**
 * Heaps of what is due next: one of users by number, in typed arrays, and one of the few things that are under way.
 */

/** Users by when they are due; equal moments by number. Each user is in it once. */
export class UserHeap {
  readonly #due: Float64Array
  readonly #heap: Uint32Array

  constructor(due: Float64Array) {
    this.#due = due
    this.#heap = Uint32Array.from(due, (_, user) => user)
    for (let index = (due.length >>> 1) - 1; index >= 0; index--) this.#sink(index)
  }

  get first(): number {
    return this.#heap[0]!
  }

  get firstDueMs(): number {
    return this.#heap.length === 0 ? Infinity : this.#due[this.#heap[0]!]!
  }

  /** After the due time of the first has been made later. */
  firstIsLater(): void {
    this.#sink(0)
  }

  #sink(from: number): void {
    const heap = this.#heap
    const moved = heap[from]!
    let index = from
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!this.#isBefore(heap[child]!, moved)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = moved
  }

  #isBefore(left: number, right: number): boolean {
    const difference = this.#due[left]! - this.#due[right]!
    return difference === 0 ? left < right : difference < 0
  }
}

export interface Due {
  dueMs: number
  /** Decides among equal moments. */
  readonly order: number
}

export class DueHeap<T extends Due> {
  readonly #heap: T[] = []

  get firstDueMs(): number {
    return this.#heap[0]?.dueMs ?? Infinity
  }

  get size(): number {
    return this.#heap.length
  }

  add(item: T): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(item)
    while (index > 0) {
      const parent = (index - 1) >>> 1
      if (!isBefore(item, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = item
  }

  takeFirst(): T {
    const heap = this.#heap
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return first
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
    return first
  }
}

function isBefore(left: Due, right: Due): boolean {
  return left.dueMs === right.dueMs ? left.order < right.order : left.dueMs < right.dueMs
}
