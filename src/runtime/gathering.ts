/**
 * Rests between the turns of a busy worker, so that what comes meanwhile is handled together. Waking a thread for one
 * message costs several times what the message costs: caches are cold, and each answer is a write of its own.
 *
 * A turn begins at most once in a *frame*. A turn that lasted as long as its frame is followed by the next at once, so
 * nothing of what a worker can do is given away; one that is idle most of the time answers at once, as ever.
 */

/** At work for less of its time than this, a worker does not rest. */
export const gatherFromShare = 0.2
/** From here on frames have their full length. */
export const gatherFullShare = 0.5

export class Gathering {
  readonly #frameMsMax: number
  readonly #monotonicMs: () => number
  readonly #sleep: (ms: number) => void
  #frameStartMs = Number.NEGATIVE_INFINITY
  #restedMs = 0

  /** `sleep` holds the thread for so many milliseconds, at least one. */
  constructor(frameMsMax: number, monotonicMs: () => number, sleep: (ms: number) => void) {
    this.#frameMsMax = frameMsMax
    this.#monotonicMs = monotonicMs
    this.#sleep = sleep
  }

  /** All rests so far: the event loop counts them as work, and comes late for its timers. */
  get restedMs(): number {
    return this.#restedMs
  }

  /** Milliseconds between the starts of two turns, at least, of a worker that is at work for this part of its time. */
  frameMs(busyShare: number): number {
    const part = (busyShare - gatherFromShare) / (gatherFullShare - gatherFromShare)
    return this.#frameMsMax * Math.min(1, Math.max(0, part))
  }

  /** To be called when a turn's work is done and written. */
  rest(busyShare: number): void {
    const beforeMs = this.#monotonicMs()
    const leftMs = this.#frameStartMs + this.frameMs(busyShare) - beforeMs
    this.#frameStartMs = beforeMs
    if (leftMs < 1) return
    this.#sleep(leftMs)
    this.#frameStartMs = this.#monotonicMs()
    this.#restedMs += this.#frameStartMs - beforeMs
  }
}

/** Holds this thread, and nothing else does: no socket is read, no message of another thread is taken. */
export function holdThread(): (ms: number) => void {
  const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  return (ms) => void Atomics.wait(cell, 0, 0, ms)
}
