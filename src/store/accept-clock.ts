/**
 * Sets the note of when the store was last written to the machine's clock: an administrator has said that it is right.
 */
import { lastWrittenKey, lastWrittenRecord } from '../ports/records/manifest.ts'
import { damaged, type StoreResult } from './faults.ts'
import { readLastWrittenMs } from './last-written.ts'
import { dataPath, LmdbDisk } from './lmdb-disk.ts'

export interface AcceptedClock {
  readonly beforeMs: number
  readonly nowMs: number
}

/** `folder` is the store's own, with the data folder's lock held by the caller. */
export async function acceptClock(folder: string, nowMs: number): Promise<StoreResult<AcceptedClock>> {
  const opened = LmdbDisk.open(folder)
  if (!opened.ok) return damaged(dataPath(folder), opened.detail)
  const { disk } = opened
  try {
    const beforeMs = readLastWrittenMs(disk)
    const record = { key: Buffer.from(lastWrittenKey), value: lastWrittenRecord.encode({ atMs: Math.floor(nowMs) }) }
    const flushed = await disk.write([record]).flushed
    return flushed.ok ? { ok: true, value: { beforeMs, nowMs } } : damaged(dataPath(folder), flushed.detail)
  } finally {
    await disk.close()
  }
}
