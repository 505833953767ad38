/**
 * The durable store as the core sees it: an ordered key-value map with atomic batches, told when they are flushed.
 * Promises: batches of one worker become durable in the order given, none in part. Adapters: LMDB and memory
 * (`src/store/`).
 */

/**
 * Parts joined by U+0000, the first one the AOR (or a server-wide name that starts with `!`):
 * `sip:alice@example.test\0binding\0…`. Compared as UTF-8 bytes. Free text in keys goes in as a SHA-256, since LMDB's
 * keys end at 1,978 bytes.
 */
export type StoreKey = string

export interface RecordWrite {
  readonly key: StoreKey
  /** The encoded record (`src/ports/records/`), or null to remove it. Removing what is not there is no error. */
  readonly value: Uint8Array | null
}

export type BatchOutcome =
  | { readonly ok: true }
  /**
   * Nothing of the batch is durable. `refused`: nothing was tried (disk nearly full); `failed`: the commit itself
   * broke.
   */
  | { readonly ok: false; readonly reason: 'refused' | 'failed' | 'stale-incarnation'; readonly detail: string }

export interface StoreListener {
  /** Outcomes arrive in the order of the batches. */
  onBatch(batch: number, outcome: BatchOutcome): void
}

export interface ScanRange {
  /** First key wanted, inclusive. */
  readonly from: StoreKey
  /** End of the range, exclusive. */
  readonly to: StoreKey
  /** Only keys whose first part is an AOR owned by this shard. */
  readonly shard?: { readonly index: number; readonly count: number }
}

export interface Store {
  /** Hands over one batch; returns its number, which rises by one. The listener hears how it ended. */
  commit(writes: readonly RecordWrite[]): number
  /** Visits every record in key order, as of now. Only a starting shard, or one whose batch failed, reads. */
  scan(range: ScanRange, visit: (key: StoreKey, value: Uint8Array) => void): Promise<void>
  listen(listener: StoreListener): void
}
