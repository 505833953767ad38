/**
 * A store that changes what is written or read on its way: the seam of the mutants that damage records.
 */
import type { RecordWrite, ScanRange, Store, StoreKey, StoreListener } from '../../src/ports/store.ts'

export type Record = readonly [key: StoreKey, value: Uint8Array]

export interface StoreChange {
  /** What is written in place of this batch. */
  write?(writes: readonly RecordWrite[]): readonly RecordWrite[]
  /** What is read in place of these records. */
  read?(records: readonly Record[]): readonly Record[]
}

export class ChangedStore implements Store {
  readonly #inner: Store
  readonly #change: StoreChange

  constructor(inner: Store, change: StoreChange) {
    this.#inner = inner
    this.#change = change
  }

  commit(writes: readonly RecordWrite[]): number {
    return this.#inner.commit(this.#change.write?.(writes) ?? writes)
  }

  async scan(range: ScanRange, visit: (key: StoreKey, value: Uint8Array) => void): Promise<void> {
    const { read } = this.#change
    if (!read) return this.#inner.scan(range, visit)
    const records: Record[] = []
    await this.#inner.scan(range, (key, value) => records.push([key, value]))
    for (const [key, value] of read(records)) visit(key, value)
  }

  listen(listener: StoreListener): void {
    this.#inner.listen(listener)
  }
}
