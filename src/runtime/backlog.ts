/**
 * Work of this worker for itself, oldest first, handled in slices: a turn of the event loop stays short however much
 * there is, so that sockets are read, timers fire and the watchdog is answered. How long the oldest has waited, or how
 * late the timers are, is the worker's pressure.
 */

/** Of one turn; what is left goes on in the next. */
const sliceMs = 50
/**
 * So many turns must have been late, one after the other: a single late one is the machine's doing (a paused process,
 * another one's work), and is over.
 */
const lateTurns = 4

interface Batch<Work> {
  /** When its first piece came, monotonic. */
  readonly sinceMs: number
  readonly items: Work[]
  next: number
}

export class Backlog<Work> {
  readonly #monotonicMs: () => number
  readonly #batches: Batch<Work>[] = []
  /** Of the last turns: how late the timers were, and how old the oldest work was that a slice left. */
  readonly #latenessMs = new Array<number>(lateTurns).fill(0)
  readonly #leftMs = new Array<number>(lateTurns).fill(0)
  /** Asked for with each request and NOTIFY, so it is worked out once a turn. */
  #delayMs = 0

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
    let isOver = false
    for (let batch = this.#batches[0]; batch && !isOver; batch = this.#batches[0]) {
      while (batch.next < batch.items.length && !isOver) {
        // Counted first: what throws is not handed out again.
        handle(batch.items[batch.next++]!)
        // A piece may be a hundred watches.
        isOver = batch.next % 8 === 0 && this.#monotonicMs() >= endMs
      }
      if (batch.next === batch.items.length) this.#batches.shift()
      isOver ||= this.#monotonicMs() >= endMs
    }
    const oldest = this.#batches[0]
    this.#remember(this.#leftMs, oldest ? this.#monotonicMs() - oldest.sinceMs : 0)
  }

  /** A turn of the timers came so much later than it should have. */
  onTimersLate(lateMs: number): void {
    this.#remember(this.#latenessMs, lateMs)
  }

  delayMs(): number {
    return this.#delayMs
  }

  #remember(turns: number[], ms: number): void {
    turns.push(ms)
    turns.shift()
    this.#delayMs = Math.max(Math.min(...this.#leftMs), Math.min(...this.#latenessMs))
  }
}
