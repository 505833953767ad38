/**
 * Work of this worker for itself, oldest first, handled in slices: a turn of the event loop stays short however much
 * there is, so that sockets are read, timers fire and the watchdog is answered. How long the oldest has waited, how
 * long the newest will have to, or how late the timers are, whichever is most, is the worker's pressure.
 */

/** Of one turn; what is left goes on in the next. */
const sliceMs = 50
/**
 * So many turns must have been late, one after the other: a single late one is the machine's doing (a paused process,
 * another one's work), and is over.
 */
const lateTurns = 4
/** What a piece is taken to need until there were so many turns: a storm may be the first thing that a start sees. */
const firstPieceMs = 0.2

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
  /** Milliseconds for each piece of work, in the last turns that had any. */
  readonly #pieceMs = new Array<number>(lateTurns).fill(firstPieceMs)
  /** Asked for with each request and NOTIFY, so they are worked out once a turn. */
  #delayMs = 0
  #usualPieceMs = firstPieceMs
  #waitingCount = 0

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0
  }

  add(work: Work): void {
    this.#waitingCount++
    const last = this.#batches.at(-1)
    if (last && last.next === 0) last.items.push(work)
    else this.#batches.push({ sinceMs: this.#monotonicMs(), items: [work], next: 0 })
  }

  /** Hands out what waits, and what that makes, until nothing is left or the slice is over. */
  work(handle: (work: Work) => void): void {
    const startMs = this.#monotonicMs()
    const endMs = startMs + sliceMs
    let isOver = false
    let count = 0
    for (let batch = this.#batches[0]; batch && !isOver; batch = this.#batches[0]) {
      while (batch.next < batch.items.length && !isOver) {
        // Counted first: what throws is not handed out again.
        this.#waitingCount--
        count++
        handle(batch.items[batch.next++]!)
        // A piece may be a hundred watches.
        isOver = batch.next % 8 === 0 && this.#monotonicMs() >= endMs
      }
      if (batch.next === batch.items.length) this.#batches.shift()
      isOver ||= this.#monotonicMs() >= endMs
    }
    const oldest = this.#batches[0]
    const nowMs = this.#monotonicMs()
    if (count > 0) this.#remember(this.#pieceMs, (nowMs - startMs) / count)
    this.#remember(this.#leftMs, oldest ? nowMs - oldest.sinceMs : 0)
  }

  /** A turn of the timers came so much later than it should have. */
  onTimersLate(lateMs: number): void {
    this.#remember(this.#latenessMs, lateMs)
  }

  /**
   * A storm is seen before its first piece is old: a thousand sign-ins that come in one turn find those before them.
   */
  delayMs(): number {
    return Math.max(this.#delayMs, this.#waitingCount * this.#usualPieceMs)
  }

  #remember(turns: number[], ms: number): void {
    turns.push(ms)
    turns.shift()
    this.#delayMs = Math.max(Math.min(...this.#leftMs), Math.min(...this.#latenessMs))
    this.#usualPieceMs = Math.min(...this.#pieceMs)
  }
}
