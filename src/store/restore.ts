/**
 * Puts a backup in the place of the store, while no server runs. The copy is prepared beside the store and moved in at
 * the end, so that a restore that is killed leaves the old store or the new one. What a copy cannot know is made safe:
 * the server's epoch rises (tokens of after the copy stop counting), soft state goes, stored mail may have been seen.
 */
import { existsSync, statSync } from 'node:fs'
import { copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { type AdaptedCopy, adaptCopy } from './adapt-copy.ts'
import { type AuditEntry, AuditLog, readAudit } from './audit.ts'
import { type BackupReport, readBackupReport } from './backup.ts'
import { replacedFolder, restoringFolder, storeFolder } from './data-folder.ts'
import { type ExaminedEnvironment, examineEnvironment } from './examine.ts'
import { freeBytesReserve } from './limits.ts'
import { dataPath, freeBytesOf } from './lmdb-disk.ts'
import { lockDataFolder } from './lock.ts'
import { schemaVersion } from './manifest.ts'
import { syncFile, syncFolder } from './sync-files.ts'

export interface RestoreOptions {
  /** Read every record of the copy first, and compare with what was counted when it was taken. */
  readonly verify: boolean
  readonly nowMs: number
}

export interface RestoreReport {
  readonly takenMs: number
  readonly serverEpoch: number
  /** Soft state that was left out, by kind. */
  readonly dropped: Readonly<Record<string, number>>
  readonly possiblySeenCount: number
  /** What was revoked or blocked since the copy, from the audit: it is in force again only when done again. */
  readonly revokedSince: readonly AuditEntry[]
  /** Where the former store is now; null when there was none. */
  readonly replaced: string | null
}

export type RestoreResult =
  | { readonly ok: true; readonly report: RestoreReport }
  | { readonly ok: false; readonly reason: string }

export async function restore(
  backupFolder: string,
  dataFolder: string,
  options: RestoreOptions,
): Promise<RestoreResult> {
  const locked = lockDataFolder(dataFolder, 'restore', options.nowMs)
  if (!locked.ok) return { ok: false, reason: locked.fault.message }
  const prepared = restoringFolder(dataFolder)
  // An earlier restore was killed between its renames: the folder is what keeps a start from making an empty store.
  const keepsStartsAway = existsSync(prepared) && !existsSync(storeFolder(dataFolder))
  try {
    const report = await restoreLocked(backupFolder, dataFolder, options)
    return { ok: true, report }
  } catch (error) {
    if (!keepsStartsAway) await rm(prepared, { recursive: true, force: true })
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  } finally {
    locked.value.release()
  }
}

async function restoreLocked(
  backupFolder: string,
  dataFolder: string,
  { verify, nowMs }: RestoreOptions,
): Promise<RestoreReport> {
  const source = await readBackupReport(backupFolder)
  if (source === null) throw new Error(`${backupFolder} is not a backup: it has no readable backup.json`)
  const copy = await readableCopy(backupFolder)
  const counted = verify ? countFault(copy, source) : null
  if (counted !== null) throw new Error(damagedBackup(backupFolder, counted))
  const full = spaceFault(backupFolder, dataFolder)
  if (full !== null) throw new Error(full)
  return putInPlace(backupFolder, dataFolder, { source, recordsCount: copy.recordsCount, nowMs })
}

/** Every record is read, in a child, before anything is written. */
async function readableCopy(backupFolder: string): Promise<ExaminedEnvironment> {
  const copy = await examineEnvironment(storeFolder(backupFolder), 'copy')
  if (!copy.ok) throw new Error(damagedBackup(backupFolder, copy.detail))
  if (copy.manifest === null) throw new Error(damagedBackup(backupFolder, 'its manifest cannot be read'))
  const version = copy.manifest.schemaVersion
  if (version <= schemaVersion) return copy
  throw new Error(`${backupFolder} is of schema ${version}, this build reads up to ${schemaVersion}`)
}

function damagedBackup(backupFolder: string, detail: string): string {
  return (
    `the backup ${backupFolder} is damaged, and the store is as it was: restore another backup, and take a new one ` +
    `as soon as there is a store to take it of (${detail})`
  )
}

function countFault(copy: ExaminedEnvironment, source: BackupReport): string | null {
  if (copy.recordsCount !== source.recordsCount) {
    return `the copy holds ${copy.recordsCount} records, ${source.recordsCount} were counted when it was taken`
  }
  if (copy.unreadableCount <= source.unreadableCount) return null
  const first = copy.unreadable[0]
  const named = `${JSON.stringify(first?.key)}: ${first?.reason}`
  return `${copy.unreadableCount} records of the copy cannot be read, the first is ${named}`
}

function spaceFault(backupFolder: string, dataFolder: string): string | null {
  const free = freeBytesOf(dataFolder)
  const needed = statSync(dataPath(storeFolder(backupFolder))).size + freeBytesReserve
  return free < needed ? `${dataFolder}: ${free} bytes free, the restore needs ${needed}` : null
}

async function putInPlace(
  backupFolder: string,
  dataFolder: string,
  { source, recordsCount, nowMs }: { source: BackupReport; recordsCount: number; nowMs: number },
): Promise<RestoreReport> {
  const audit = await readAudit(dataFolder)
  const formerEpoch = Math.max(await epochInPlace(dataFolder), ...audit.map((entry) => entry.serverEpoch ?? 0))
  const prepared = restoringFolder(dataFolder)
  await rm(prepared, { recursive: true, force: true })
  await mkdir(prepared, { recursive: true, mode: 0o700 })
  await copyFile(dataPath(storeFolder(backupFolder)), dataPath(prepared))
  const adapted = await adaptCopy(prepared, formerEpoch)
  if (!adapted.ok) throw new Error(damagedBackup(backupFolder, adapted.detail))
  const fault = await adaptedFault(prepared, adapted, recordsCount)
  if (fault !== null) throw new Error(damagedBackup(backupFolder, fault))
  await syncFile(dataPath(prepared))
  await syncFolder(prepared)
  const replaced = existsSync(storeFolder(dataFolder)) ? replacedFolder(dataFolder, nowMs) : null
  await exchange(prepared, storeFolder(dataFolder), replaced)
  await syncFolder(dataFolder)
  await noteRestore(dataFolder, backupFolder, adapted.serverEpoch, nowMs)
  const revokedSince = audit.filter((entry) => entry.revokes && entry.atMs >= source.takenMs)
  const { serverEpoch, dropped, possiblySeenCount } = adapted
  return { takenMs: source.takenMs, serverEpoch, dropped, possiblySeenCount, revokedSince, replaced }
}

/** Read once more as the server will: writing may have met pages that reading does not. */
async function adaptedFault(prepared: string, { dropped }: AdaptedCopy, countBefore: number): Promise<string | null> {
  const examined = await examineEnvironment(prepared, 'store')
  if (!examined.ok) return examined.detail
  const expected = countBefore - Object.values(dropped).reduce((sum, count) => sum + count, 0)
  if (examined.recordsCount === expected) return null
  return `${examined.recordsCount} records are left of it, ${expected} should be`
}

async function exchange(prepared: string, store: string, replaced: string | null): Promise<void> {
  if (replaced !== null) await rename(store, replaced)
  try {
    await rename(prepared, store)
  } catch (error) {
    if (replaced !== null) await rename(replaced, store)
    throw error
  }
}

/** 0 when there is no store or it cannot be read: then only the audit knows. */
async function epochInPlace(dataFolder: string): Promise<number> {
  const examined = await examineEnvironment(storeFolder(dataFolder), 'store')
  return examined.ok ? (examined.manifest?.serverEpoch ?? 0) : 0
}

async function noteRestore(dataFolder: string, backupFolder: string, serverEpoch: number, nowMs: number) {
  const log = await AuditLog.open(dataFolder)
  const detail = `from ${backupFolder}`
  await log.append({ atMs: nowMs, event: 'store.restored', subject: 'store', revokes: false, detail, serverEpoch })
  await log.close()
}

/** What the administrator must read after a restore. */
export function describeRestore(report: RestoreReport): readonly string[] {
  const dropped = Object.entries(report.dropped).map(([kind, count]) => `${count} ${kind}`)
  const revoked = report.revokedSince.map(
    ({ atMs, event, subject, detail }) =>
      `  ${new Date(atMs).toISOString()} ${event} ${subject}${detail === undefined ? '' : ` (${detail})`}`,
  )
  return [
    `restored the copy of ${new Date(report.takenMs).toISOString()}; server epoch ${report.serverEpoch}`,
    `left out: ${dropped.join(', ') || 'nothing'}; ${report.possiblySeenCount} stored messages may have been seen`,
    ...(report.replaced === null ? [] : [`the former store is in ${report.replaced}`]),
    ...(revoked.length === 0
      ? ['nothing was revoked since the copy']
      : ['revoked or blocked since the copy, and in force again only when you do it again:', ...revoked]),
  ]
}
