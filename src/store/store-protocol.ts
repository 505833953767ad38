/**
 * What a worker and the store thread say to each other over their MessagePort. Nothing else crosses it.
 */
import type { BatchOutcome, ScanRange } from '../ports/store.ts'

export type ToStoreThread =
  | {
      readonly kind: 'batch'
      readonly batch: number
      /** Newest batch whose outcome the worker knew when it handed this one over. */
      readonly heardBatch: number
      /** The worker's steady wall clock; 0 where it has none. */
      readonly atMs: number
      /** See `packed-records.ts`. Transferred. */
      readonly writes: ArrayBuffer
    }
  | { readonly kind: 'scan'; readonly scan: number; readonly range: ScanRange }
  /** One chunk was visited: another may come. */
  | { readonly kind: 'confirm'; readonly scan: number }

export type FromStoreThread =
  /** In order, without gaps, from `firstBatch` on. */
  | { readonly kind: 'outcomes'; readonly firstBatch: number; readonly outcomes: readonly BatchOutcome[] }
  | { readonly kind: 'chunk'; readonly scan: number; readonly records: ArrayBuffer; readonly last: boolean }
  | { readonly kind: 'scan-failed'; readonly scan: number; readonly detail: string }
