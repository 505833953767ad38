/**
 * Work of this worker for itself, oldest first, handled in slices: a turn of the event loop stays short however much
 * there is, so that sockets are read, timers fire and the watchdog is answered. How long the oldest has waited, or how
 * late the timers are, is the worker's pressure.
 */
import type { Pressure } from '../ports/pressure.ts'

/** Of one turn; what is left goes on in the next. */
const sliceMs = 50
/** A turn that was late is forgotten by half in each that follows. */
const forgetting = 0.5

interface Batch<Work> {
  /** When its first piece came, monotonic. */
  readonly sinceMs: number
  readonly items: Work[]
  next: number
}

export class Backlog<Work> implements Pressure {
  readonly #monotonicMs: () => number
  readonly #batches: Batch<Work>[] = []
  #latenessMs = 0

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0
  }

  add(work: Work): void {
    const last = this.#batches.at(-1)
    if (last && last.next === 0) last.items.push(work)
    else this.#batches.push({ sinceMs: this.#monotonicMs(), items: [work], next: 0 })
  }

  /** Hands out what waits, and what that makes, until nothing is left or the slice is over. */
  work(handle: (work: Work) => void): void {
    const endMs = this.#monotonicMs() + sliceMs
    for (let batch = this.#batches[0]; batch; batch = this.#batches[0]) {
      while (batch.next < batch.items.length) {
        // Counted first: what throws is not handed out again.
        handle(batch.items[batch.next++]!)
        if (batch.next % 32 === 0 && this.#monotonicMs() >= endMs) break
      }
      if (batch.next < batch.items.length) return
      this.#batches.shift()
      if (this.#monotonicMs() >= endMs) return
    }
  }

  /** A turn of the timers came so much later than it should have. */
  onTimersLate(lateMs: number): void {
    this.#latenessMs = Math.max(lateMs, this.#latenessMs * forgetting)
  }

  delayMs(): number {
    const oldest = this.#batches[0]
    const waitedMs = oldest ? this.#monotonicMs() - oldest.sinceMs : 0
    return Math.max(waitedMs, this.#latenessMs)
  }
}
