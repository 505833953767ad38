/**
 * Keeps one writer's batches honest behind a failure: a batch that was handed over before the writer heard that an
 * earlier one had failed rests, for the users of both, on state that was never written. It is refused for that; batches
 * of other users go on. The writer reads those users again before it does anything else for them, so this ends by
 * itself.
 */
import { keyOwner } from '../ports/records/keys.ts'
import type { StoreKey } from '../ports/store.ts'

export class UnheardFailures {
  /** AOR (or server-wide name) → newest failed batch that touched it. */
  readonly #failedBatchOf = new Map<string, number>()

  /** `keys` of a batch that failed or was refused. */
  note(batch: number, keys: Iterable<StoreKey>): void {
    for (const key of keys) this.#failedBatchOf.set(keyOwner(key), batch)
  }

  /**
   * The earlier batch that makes this one void, or 0. `heardBatch` is what the writer knew when it handed this one
   * over.
   */
  blockedBy(heardBatch: number, keys: Iterable<StoreKey>): number {
    if (this.#failedBatchOf.size === 0) return 0
    for (const [owner, batch] of this.#failedBatchOf) if (batch <= heardBatch) this.#failedBatchOf.delete(owner)
    for (const key of keys) {
      const failed = this.#failedBatchOf.get(keyOwner(key))
      if (failed !== undefined) return failed
    }
    return 0
  }
}
