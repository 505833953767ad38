/**
 * When a flush counts as done. For a server that stands in for a machine with a slower disk (`meridian report`) flushes
 * are held back, one at a time, by times that the simulator hands over; everywhere else this is not made at all. It can
 * only make the server slower: nothing is told before the real flush is done.
 *
 * As on a disk: what is committed while a flush runs shares the next one. Times below a timer's step are carried over,
 * so that their mean is held.
 */
import type { WriteResult } from './lmdb-disk.ts'

/** Milliseconds, one after the other, over and over. */
export const emulatedFlushVariable = 'MERIDIAN_EMULATED_FLUSH_MS'

const timesMax = 4_096
const timeMaxMs = 10_000

/** `11.2,9.75,…`; null where something in it is no time. */
export function parseFlushTimes(text: string): readonly number[] | null {
  const times = text.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each)))
  const fine = times.length <= timesMax && times.every((each) => each >= 0 && each <= timeMaxMs)
  return fine ? times : null
}

export class FlushPace {
  readonly #timesMs: readonly number[]
  #next = 0
  #owedMs = 0
  #waiting: (() => void)[] = []
  #flushing = false

  constructor(timesMs: readonly number[]) {
    this.#timesMs = timesMs
  }

  /** Resolves as `flushed`, when the emulated disk too has it. */
  async through(flushed: Promise<WriteResult>): Promise<WriteResult> {
    const result = await flushed
    if (result.ok) await new Promise<void>((resolve) => this.#enqueue(resolve))
    return result
  }

  #enqueue(done: () => void): void {
    this.#waiting.push(done)
    if (!this.#flushing) this.#flush()
  }

  #flush(): void {
    const shared = this.#waiting.splice(0)
    this.#flushing = true
    this.#owedMs += this.#timesMs[this.#next]!
    this.#next = (this.#next + 1) % this.#timesMs.length
    const startedMs = performance.now()
    const finish = () => {
      this.#owedMs -= performance.now() - startedMs
      this.#flushing = false
      for (const done of shared) done()
      if (this.#waiting.length > 0) this.#flush()
    }
    // Of a timer that was late not more than a flush is given back, else a pause would make the disk fast for a while.
    this.#owedMs = Math.max(this.#owedMs, -timerStepMs)
    if (this.#owedMs < timerStepMs) setImmediate(finish)
    else setTimeout(finish, Math.floor(this.#owedMs))
  }
}

const timerStepMs = 1
