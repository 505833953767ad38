/**
 * Batches of who waits for each of them: hands one over and says whether it became durable.
 */
import type { BatchOutcome, RecordWrite, Store } from '../ports/store.ts'

export class FlushedWrites {
  readonly #store: Store
  readonly #waiting = new Map<number, (outcome: BatchOutcome) => void>()

  /** It becomes the listener of this store. */
  constructor(store: Store) {
    this.#store = store
    store.listen({
      onBatch: (batch, outcome) => {
        this.#waiting.get(batch)?.(outcome)
        this.#waiting.delete(batch)
      },
    })
  }

  commit(writes: readonly RecordWrite[]): Promise<BatchOutcome> {
    return new Promise((resolve) => this.#waiting.set(this.#store.commit(writes), resolve))
  }
}
