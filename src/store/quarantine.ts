/**
 * At start, a record that cannot be read is moved to `!quarantine` as it was found, with its key printed and counted.
 * Too many of them mean that the store is damaged as a whole: then nothing is moved and the start ends. They are found
 * by `examine.ts`.
 */
import { quarantineKey, quarantineRecord } from '../ports/records/quarantine.ts'
import type { StoreKey } from '../ports/store.ts'
import type { ExaminedEnvironment } from './examine.ts'
import { damaged, restoreCommand, type StoreResult } from './faults.ts'
import type { UnreadableRecord } from './inspect.ts'
import { quarantineMax, quarantineShareMax } from './limits.ts'
import { dataPath, type LmdbDisk } from './lmdb-disk.ts'
import type { PackedRecord } from './packed-records.ts'

export interface Examined {
  readonly recordsCount: number
  /** Moved by this start. */
  readonly quarantinedCount: number
}

export interface QuarantineOptions {
  readonly nowMs: number
  /** Told once per moved record: for the log. */
  readonly onQuarantined: (key: StoreKey, reason: string) => void
}

export async function quarantineUnreadable(
  disk: LmdbDisk,
  examination: ExaminedEnvironment,
  options: QuarantineOptions,
): Promise<StoreResult<Examined>> {
  const { recordsCount, unreadableCount, unreadable } = examination
  if (isTooMany(unreadableCount, recordsCount)) return tooMany(disk, unreadableCount, recordsCount)
  const result = await disk.write(unreadable.flatMap((record) => moveOf(disk, record, options.nowMs))).flushed
  if (!result.ok) return damaged(dataPath(disk.folder), result.detail)
  for (const { key, reason } of unreadable) options.onQuarantined(key, reason)
  return { ok: true, value: { recordsCount, quarantinedCount: unreadable.length } }
}

/** One unreadable record never ends a start, however small the store is: that is what the quarantine is for. */
function isTooMany(unreadableCount: number, recordsCount: number): boolean {
  if (unreadableCount <= 1) return false
  return unreadableCount > quarantineMax || unreadableCount > recordsCount * quarantineShareMax
}

/** Both halves in one transaction: the record is in one place or the other, never in none. */
function moveOf(disk: LmdbDisk, { key, reason }: UnreadableRecord, nowMs: number): readonly PackedRecord[] {
  const bytes = disk.get(key)
  if (bytes === null) return []
  const moved = quarantineRecord.encode({ key, reason, atMs: nowMs, bytes })
  return [
    { key: Buffer.from(quarantineKey(key)), value: moved },
    { key: Buffer.from(key), value: null },
  ]
}

function tooMany(disk: LmdbDisk, unreadableCount: number, recordsCount: number): StoreResult<Examined> {
  const message =
    `store: ${unreadableCount} of ${recordsCount} records in ${dataPath(disk.folder)} cannot be read ` +
    `(at most ${quarantineMax}, and 1 %, are set aside); restore the newest backup with \`${restoreCommand}\``
  return { ok: false, fault: { event: 'store.too-many-unreadable', message } }
}
