/**
 * What several workers saw, as one row in the order of its times: a message is held until every worker has told what it
 * saw before that, or was silent for too long.
 */
import type { TracedMessage } from './traced-message.ts'

/** A worker that is silent for longer is not waited for. */
const silenceUsMax = 1_000_000

export class MergedOrder {
  /** By worker: all that it saw before this has been told. */
  readonly #toldUs: number[]
  #held: TracedMessage[] = []

  constructor(workersCount: number) {
    this.#toldUs = Array.from({ length: workersCount }, () => 0)
  }

  add(messages: readonly TracedMessage[]): void {
    this.#held.push(...messages)
  }

  told(worker: number, untilUs: number): void {
    this.#toldUs[worker] = untilUs
  }

  /** What nobody will come before any more; `nowUs` by the workers' own clock. */
  release(nowUs: number): readonly TracedMessage[] {
    const patientUs = nowUs - silenceUsMax
    const untilUs = Math.min(nowUs, ...this.#toldUs.map((toldUs) => Math.max(toldUs, patientUs)))
    const ready = this.#held.filter(({ atUs }) => atUs <= untilUs)
    if (ready.length === 0) return ready
    this.#held = this.#held.filter(({ atUs }) => atUs > untilUs)
    // Of one worker and one moment they stay as they came.
    return ready.sort((left, right) => left.atUs - right.atUs)
  }

  /** All of it: nobody is waited for any more. */
  releaseAll(): readonly TracedMessage[] {
    return this.release(Number.POSITIVE_INFINITY)
  }
}
