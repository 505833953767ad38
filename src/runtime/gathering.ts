/**
 * Rests between the turns of a worker, so that what comes meanwhile is handled together. Waking a thread for one
 * message costs several times what the message costs: caches are cold, and each answer is a write of its own.
 *
 * Theory of operation. Turns are paid for with credit: one for each *frame* of time that has passed, and never more
 * than a few, which is what a conversation of two people needs. So a worker that has little to do answers at once;
 * one that would begin more turns than there are frames rests until the next frame begins, which settles its debt. A
 * turn that lasted as long as its frame has earned the next one, so nothing of what a worker can do is given away.
 *
 * The frames of all workers are those of one clock, each a little behind that of the worker before it: where several
 * share a core, each finds in its caches what the one before has used, the program itself above all; and what one posts
 * to the next is handled in the same frame.
 */

/**
 * Turns that a worker may begin as they come, after it had as many frames of quiet: a message passes edge and shard of
 * both users and so does its answer, each of them a turn where they are on two workers.
 */
export const turnsAtOnce = 8

/** Between the frames of two workers: about a turn, since a longer time would cool the caches. */
const distanceMsMax = 2

export class Gathering {
  readonly #frameMs: number
  readonly #monotonicMs: () => number
  readonly #sleep: (ms: number) => void
  /** A turn costs a frame of it. */
  #creditMs: number
  #countedAtMs: number
  #restedMs = 0

  /**
   * `frameMs` 0: never rests. A frame begins whenever `monotonicMs` is a multiple of it. `sleep` holds the thread for
   * so many milliseconds.
   */
  constructor(frameMs: number, monotonicMs: () => number, sleep: (ms: number) => void) {
    this.#frameMs = frameMs
    this.#monotonicMs = monotonicMs
    this.#sleep = sleep
    this.#creditMs = turnsAtOnce * frameMs
    this.#countedAtMs = monotonicMs()
  }

  /** All rests so far: the event loop counts them as work, and comes late for its timers. */
  get restedMs(): number {
    return this.#restedMs
  }

  /** To be called when a turn's work is done and written. Returns the milliseconds that it has rested. */
  rest(): number {
    if (this.#frameMs === 0) return 0
    const nowMs = this.#monotonicMs()
    this.#earnUntil(nowMs)
    this.#creditMs -= this.#frameMs
    if (this.#creditMs > -1) return 0
    this.#sleep(this.#frameMs - (nowMs % this.#frameMs))
    const awakeMs = this.#monotonicMs()
    this.#restedMs += awakeMs - nowMs
    this.#earnUntil(awakeMs)
    this.#creditMs = Math.max(0, this.#creditMs)
    return awakeMs - nowMs
  }

  #earnUntil(nowMs: number): void {
    this.#creditMs = Math.min(turnsAtOnce * this.#frameMs, this.#creditMs + nowMs - this.#countedAtMs)
    this.#countedAtMs = nowMs
  }
}

/** The clock of a worker's frames: all threads of a process share it, but for the distance between two workers. */
export function frameClock(worker: number, workersCount: number, frameMs: number): () => number {
  const distanceMs = Math.min(distanceMsMax, frameMs / workersCount)
  const sharedMs = Number(process.hrtime.bigint() / 1_000n) / 1_000
  const aheadMs = sharedMs - performance.now() - worker * distanceMs
  return () => performance.now() + aheadMs
}

/** Holds this thread, and nothing else does: no socket is read, no message of another thread is taken. */
export function holdThread(): (ms: number) => void {
  const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  return (ms) => void Atomics.wait(cell, 0, 0, ms)
}
