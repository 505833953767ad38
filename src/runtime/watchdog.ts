/**
 * Finds threads that no longer answer. Counts only time in which main itself ticked, so that a paused machine kills
 * nobody; asks every second, and calls a thread hung after more turns of silence than its patience.
 */

const turnMs = 1_000
/** A turn that came this late means that main, thus the whole process, stood still: nobody is to blame. */
const lateMs = 500

/** How many seconds of silence are nothing unusual. */
export const patience = {
  /** A worker that serves does nothing that takes long. */
  serving: 5,
  /** While it compiles its code and reads a hundred thousand users, a turn may be long; but not for ever. */
  starting: 30,
  /** The store's turns are short, but it asks the file system for free space, which a busy disk may keep waiting. */
  store: 15,
} as const

/** One start of a thread. */
export class WatchedThread {
  readonly name: string
  patienceTurns: number
  /** Asks the thread to answer, upon which `answered` is called. */
  readonly ping: () => void
  silentTurns = 0

  constructor(name: string, patienceTurns: number, ping: () => void) {
    this.name = name
    this.patienceTurns = patienceTurns
    this.ping = ping
  }

  answered(): void {
    this.silentTurns = 0
  }
}

export class Watchdog {
  readonly #watched: () => Iterable<WatchedThread>
  readonly #onHung: (thread: WatchedThread) => void
  readonly #timer: NodeJS.Timeout
  #turnAtMs = performance.now()

  constructor(watched: () => Iterable<WatchedThread>, onHung: (thread: WatchedThread) => void) {
    this.#watched = watched
    this.#onHung = onHung
    this.#timer = setInterval(() => this.#turn(), turnMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #turn(): void {
    const nowMs = performance.now()
    const isLate = nowMs - this.#turnAtMs > turnMs + lateMs
    this.#turnAtMs = nowMs
    for (const thread of this.#watched()) {
      thread.silentTurns = isLate ? 0 : thread.silentTurns + 1
      if (thread.silentTurns > thread.patienceTurns) this.#onHung(thread)
      else thread.ping()
    }
  }
}
