/**
 * Planted: the store says that a batch is flushed when it has only been handed over. After a kill, promises are gone.
 */
import type { BatchOutcome, RecordWrite, ScanRange, Store, StoreKey, StoreListener } from '../../src/ports/store.ts'
import { type Mutant, noMutant, type RunLater } from './mutant.ts'

class HastyStore implements Store {
  readonly #inner: Store
  readonly #runLater: RunLater
  #listener: StoreListener | null = null

  constructor(inner: Store, runLater: RunLater) {
    this.#inner = inner
    this.#runLater = runLater
  }

  commit(writes: readonly RecordWrite[]): number {
    const batch = this.#inner.commit(writes)
    this.#runLater(() => this.#listener?.onBatch(batch, { ok: true }))
    return batch
  }

  scan(range: ScanRange, visit: (key: StoreKey, value: Uint8Array) => void): Promise<void> {
    return this.#inner.scan(range, visit)
  }

  listen(listener: StoreListener): void {
    this.#listener = listener
    const unheard = (_batch: number, _outcome: BatchOutcome): void => {}
    this.#inner.listen({ onBatch: unheard })
  }
}

export const acknowledgeBeforeFlush: Mutant = {
  ...noMutant,
  name: 'acknowledge-before-flush',
  caughtBy: 'lost',
  wrapStore: (store, runLater) => new HastyStore(store, runLater),
}
