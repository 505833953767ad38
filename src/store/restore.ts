/**
 * Puts a backup in the place of the store, while no server runs. The copy is prepared beside the store and moved in at
 * the end, so that a restore that is killed leaves the old store or the new one. What a copy cannot know is made safe:
 * the server's epoch rises (tokens of after the copy stop counting), soft state goes, stored mail may have been seen.
 */
import { existsSync, statSync } from 'node:fs'
import { copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { wholeRange } from '../ports/records/keys.ts'
import { kindOfKey } from '../ports/records/kinds.ts'
import { mailboxMessageRecord } from '../ports/records/mailbox-message.ts'
import type { Manifest } from '../ports/records/manifest.ts'
import { type AuditEntry, AuditLog, readAudit } from './audit.ts'
import { type BackupReport, readBackupReport } from './backup.ts'
import { replacedFolder, restoringFolder, storeFolder } from './data-folder.ts'
import { type ExaminedEnvironment, examineEnvironment, readManifest } from './examine.ts'
import { freeBytesReserve } from './limits.ts'
import { dataPath, freeBytesOf, LmdbDisk } from './lmdb-disk.ts'
import { lockDataFolder } from './lock.ts'
import { schemaVersion, writeManifest } from './manifest.ts'
import type { PackedRecord } from './packed-records.ts'
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

/** True only of the moment of the copy: flows, dialogs and answers to retransmissions are long gone. */
const softKinds: ReadonlySet<string> = new Set(['binding', 'subscription', 'publication', 'operation'])

/** Writes of one transaction while the copy is adapted. */
const adaptWritesMax = 1000

export async function restore(
  backupFolder: string,
  dataFolder: string,
  options: RestoreOptions,
): Promise<RestoreResult> {
  const locked = lockDataFolder(dataFolder, 'restore', options.nowMs)
  if (!locked.ok) return { ok: false, reason: locked.fault.message }
  try {
    const source = await readBackupReport(backupFolder)
    if (source === null) return { ok: false, reason: `${backupFolder} is not a backup: it has no readable backup.json` }
    const fault = (await copyFault(backupFolder, source, options.verify)) ?? spaceFault(backupFolder, dataFolder)
    if (fault !== null) return { ok: false, reason: fault }
    return { ok: true, report: await putInPlace(backupFolder, dataFolder, source, options.nowMs) }
  } catch (error) {
    await rm(restoringFolder(dataFolder), { recursive: true, force: true })
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  } finally {
    locked.value.release()
  }
}

/** Why the copy must not take the store's place, or null. */
async function copyFault(backupFolder: string, source: BackupReport, verify: boolean): Promise<string | null> {
  const copy = await examineEnvironment(storeFolder(backupFolder), 'copy')
  if (!copy.ok) return `${backupFolder} is damaged: ${copy.detail}`
  if (copy.manifest === null) return `${backupFolder} is damaged: its manifest cannot be read`
  const version = copy.manifest.schemaVersion
  if (version > schemaVersion) return `${backupFolder} is of schema ${version}, this build reads up to ${schemaVersion}`
  return verify ? countFault(copy, source) : null
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
  source: BackupReport,
  nowMs: number,
): Promise<RestoreReport> {
  const audit = await readAudit(dataFolder)
  const formerEpoch = Math.max(await epochInPlace(dataFolder), ...audit.map((entry) => entry.serverEpoch ?? 0))
  const prepared = restoringFolder(dataFolder)
  await rm(prepared, { recursive: true, force: true })
  await mkdir(prepared, { recursive: true, mode: 0o700 })
  await copyFile(dataPath(storeFolder(backupFolder)), dataPath(prepared))
  const adapted = await adaptCopy(prepared, formerEpoch)
  await syncFile(dataPath(prepared))
  await syncFolder(prepared)
  const replaced = existsSync(storeFolder(dataFolder)) ? replacedFolder(dataFolder, nowMs) : null
  if (replaced !== null) await rename(storeFolder(dataFolder), replaced)
  await rename(prepared, storeFolder(dataFolder))
  await syncFolder(dataFolder)
  await noteRestore(dataFolder, backupFolder, adapted.serverEpoch, nowMs)
  const revokedSince = audit.filter((entry) => entry.revokes && entry.atMs >= source.takenMs)
  return { takenMs: source.takenMs, ...adapted, revokedSince, replaced }
}

/** 0 when there is no store or it cannot be read: then only the audit knows. */
async function epochInPlace(dataFolder: string): Promise<number> {
  const examined = await examineEnvironment(storeFolder(dataFolder), 'store')
  return examined.ok ? (examined.manifest?.serverEpoch ?? 0) : 0
}

async function adaptCopy(prepared: string, formerEpoch: number) {
  const opened = LmdbDisk.open(prepared)
  if (!opened.ok) throw new Error(`the copy cannot be opened: ${opened.detail}`)
  try {
    const manifest = readManifest(opened.disk) as Manifest
    const serverEpoch = Math.max(manifest.serverEpoch, formerEpoch) + 1
    const adapted = await adaptRecords(opened.disk)
    const fault = await writeManifest(opened.disk, { ...manifest, serverEpoch })
    if (fault !== null) throw new Error(fault)
    return { serverEpoch, ...adapted }
  } finally {
    await opened.disk.close()
  }
}

async function adaptRecords(disk: LmdbDisk) {
  const dropped: Record<string, number> = {}
  let possiblySeenCount = 0
  let writes: PackedRecord[] = []
  for await (const { key, value } of disk.readRange(wholeRange)) {
    const kind = kindOfKey(key.toString())?.name ?? ''
    if (softKinds.has(kind)) {
      dropped[kind] = (dropped[kind] ?? 0) + 1
      writes.push({ key, value: null })
    } else if (kind === mailboxMessageRecord.name) {
      const marked = markPossiblySeen(value)
      if (marked !== null) writes.push({ key, value: marked })
      if (marked !== null) possiblySeenCount++
    }
    if (writes.length >= adaptWritesMax) writes = await writeAll(disk, writes)
  }
  await writeAll(disk, writes)
  return { dropped, possiblySeenCount }
}

/**
 * Every stored message of the copy, however old: any of them may have been delivered between the copy and now, and
 * marking only those of the last minute, or only those before it, would call the others never seen.
 */
function markPossiblySeen(value: Buffer): Buffer | null {
  const decoded = mailboxMessageRecord.decode(value)
  if (!decoded.ok || decoded.value.possiblySeen) return null
  return mailboxMessageRecord.encode({ ...decoded.value, possiblySeen: true })
}

async function writeAll(disk: LmdbDisk, writes: readonly PackedRecord[]): Promise<PackedRecord[]> {
  const result = await disk.write(writes).flushed
  if (!result.ok) throw new Error(result.detail)
  return []
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
