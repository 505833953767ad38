/**
 * Virtual time: what happens next is what was planned earliest, and of the same millisecond what was planned first.
 * A binary heap; cancelled events are skipped when their time comes.
 */
export interface PlannedEvent {
  readonly atMs: number
  readonly order: number
  run: (() => void) | null
}

export class EventQueue {
  /** Times are multiples of it: a millisecond, or less where work takes time. */
  readonly #stepMs: number
  readonly #heap: PlannedEvent[] = []
  #nowMs = 0
  #planned = 0

  constructor(stepMs = 1) {
    this.#stepMs = stepMs
  }

  get nowMs(): number {
    return this.#nowMs
  }

  get plannedCount(): number {
    return this.#planned
  }

  /** When the next event is due, cancelled ones included; `Infinity` when there is none. */
  get nextAtMs(): number {
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY
  }

  after(delayMs: number, run: () => void): PlannedEvent {
    const event = { atMs: this.#rounded(this.#nowMs + Math.max(0, delayMs)), order: this.#planned++, run }
    this.#heap.push(event)
    this.#rise(this.#heap.length - 1)
    return event
  }

  cancel(event: PlannedEvent): void {
    event.run = null
  }

  /** Runs the next event if it is due by `untilMs`; false when there is none. */
  step(untilMs: number): boolean {
    for (;;) {
      const first = this.#heap[0]
      if (!first || first.atMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs)
        return false
      }
      this.#removeFirst()
      if (first.run === null) continue
      this.#nowMs = first.atMs
      const { run } = first
      first.run = null
      run()
      return true
    }
  }

  /** By division, so that a thousandth of a millisecond does not add up to something else. */
  #rounded(ms: number): number {
    return Math.round(ms / this.#stepMs) * this.#stepMs
  }

  #removeFirst(): void {
    const last = this.#heap.pop()!
    if (this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink(0)
  }

  #rise(start: number): void {
    const heap = this.#heap
    let index = start
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(heap[index]!, heap[parent]!)) return
      swap(heap, index, parent)
      index = parent
    }
  }

  #sink(start: number): void {
    const heap = this.#heap
    let index = start
    for (;;) {
      let least = 2 * index + 1
      if (least >= heap.length) return
      if (least + 1 < heap.length && isBefore(heap[least + 1]!, heap[least]!)) least++
      if (!isBefore(heap[least]!, heap[index]!)) return
      swap(heap, index, least)
      index = least
    }
  }
}

function isBefore(a: PlannedEvent, b: PlannedEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

function swap(heap: PlannedEvent[], a: number, b: number): void {
  const held = heap[a]!
  heap[a] = heap[b]!
  heap[b] = held
}
