/**
 * Notes when the store was last written, with the batches and at most once a second: at start the steady wall clock is
 * at least this. What is done about a clock that stands further back is decided in `src/runtime/`.
 */
import { lastWrittenKey, lastWrittenRecord } from '../ports/records/manifest.ts'
import { lastWrittenIntervalMs } from './limits.ts'
import type { LmdbDisk } from './lmdb-disk.ts'
import type { PackedRecord } from './packed-records.ts'

/**
 * A store that was written more than this ahead of the clock: one of the two is wrong, and guessing would lose mail. A
 * server does not start then.
 */
export const clockAheadMaxMs = 86_400_000

export class LastWrittenNote {
  readonly #nowMs: () => number
  #notedMs: number

  constructor(notedMs: number, nowMs: () => number) {
    this.#notedMs = notedMs
    this.#nowMs = nowMs
  }

  /**
   * The record that goes with this commit; none within the second. `atMs` is the newest writer's clock, 0 if it has
   * none.
   */
  record(atMs: number): PackedRecord | null {
    const now = atMs > 0 ? atMs : this.#nowMs()
    if (now < this.#notedMs + lastWrittenIntervalMs) return null
    this.#notedMs = now
    return { key: Buffer.from(lastWrittenKey), value: lastWrittenRecord.encode({ atMs: Math.floor(now) }) }
  }
}

/** 0 for a store that was never written, or whose note is unreadable. */
export function readLastWrittenMs(disk: LmdbDisk): number {
  const bytes = disk.get(lastWrittenKey)
  const decoded = bytes === null ? null : lastWrittenRecord.decode(bytes)
  return decoded?.ok ? decoded.value.atMs : 0
}
