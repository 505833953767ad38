/**
 * Finds threads that no longer answer. Counts only time in which main itself ticked, so that a paused machine kills
 * nobody; asks every second, and calls a thread hung after five seconds of its silence.
 */
export interface Watched {
  readonly worker: number
  /** Asks the thread to answer by `onPong`. */
  ping(): void
}

const turnMs = 1_000
/** A turn that came this late means that main, thus the whole process, stood still: nobody is to blame. */
const lateMs = 500
const silentTurnsMax = 5

export class Watchdog {
  readonly #silentTurns = new Map<number, number>()
  readonly #watched: () => readonly Watched[]
  readonly #onHung: (worker: number) => void
  readonly #timer: NodeJS.Timeout
  #turnAtMs = performance.now()

  constructor(watched: () => readonly Watched[], onHung: (worker: number) => void) {
    this.#watched = watched
    this.#onHung = onHung
    this.#timer = setInterval(() => this.#turn(), turnMs)
    this.#timer.unref()
  }

  onPong(worker: number): void {
    this.#silentTurns.set(worker, 0)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #turn(): void {
    const nowMs = performance.now()
    const isLate = nowMs - this.#turnAtMs > turnMs + lateMs
    this.#turnAtMs = nowMs
    for (const { worker, ping } of this.#watched()) {
      const turns = isLate ? 0 : (this.#silentTurns.get(worker) ?? 0) + 1
      this.#silentTurns.set(worker, turns)
      if (turns > silentTurnsMax) this.#onHung(worker)
      else ping()
    }
  }
}
