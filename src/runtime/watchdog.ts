/**
 * Finds threads that no longer answer. Counts only time in which main itself ticked, so that a paused machine kills
 * nobody, and in which the thread could have answered: what it waited for a processor is not its silence. Asks every
 * second, and calls a thread hung after more turns of silence than its patience.
 */

const turnMs = 1_000
/** A turn that came this late means that main, thus the whole process, stood still: nobody is to blame. */
const lateMs = 500
/**
 * However little of a processor it is given, so much of a turn counts: one that hangs in a loop is found within twelve
 * times its patience on any machine.
 */
const countedShareMin = 1 / 12

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
  /** How long it has waited for a processor in all, milliseconds; never longer where nobody knows. */
  waitedMs: () => number = () => 0
  #waitedBeforeMs = 0

  constructor(name: string, patienceTurns: number, ping: () => void) {
    this.name = name
    this.patienceTurns = patienceTurns
    this.ping = ping
  }

  answered(): void {
    this.silentTurns = 0
  }

  /** A turn of so many milliseconds has passed, and it has not been heard. */
  silent(turnMs: number): void {
    const waitedMs = this.waitedMs()
    const waitedShare = (waitedMs - this.#waitedBeforeMs) / turnMs
    this.#waitedBeforeMs = waitedMs
    this.silentTurns += Math.min(1, Math.max(countedShareMin, 1 - waitedShare))
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
    const passedMs = nowMs - this.#turnAtMs
    const isLate = passedMs > turnMs + lateMs
    this.#turnAtMs = nowMs
    for (const thread of this.#watched()) {
      thread.silent(passedMs)
      if (isLate) thread.answered()
      if (thread.silentTurns > thread.patienceTurns) this.#onHung(thread)
      else thread.ping()
    }
  }
}
