/**
 * A copy of the store while it runs: LMDB's own snapshot, not compacting (an open upstream issue tells of damage by the
 * compacting one), then opened, counted and flushed. It appears under its name only when it is whole. Back again:
 * `restore.ts`.
 *
 *     <backup folder>/store/data.mdb   the environment        <backup folder>/backup.json   what it is
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { examineEnvironment } from './examine.ts'
import { freeBytesReserve } from './limits.ts'
import { dataPath, freeBytesOf, type LmdbDisk } from './lmdb-disk.ts'
import { syncFile, syncFolder } from './sync-files.ts'

export interface BackupReport {
  readonly folder: string
  readonly takenMs: number
  readonly recordsCount: number
  readonly unreadableCount: number
  readonly kinds: Readonly<Record<string, number>>
  readonly bytes: number
}

export type BackupResult =
  | { readonly ok: true; readonly report: BackupReport }
  | { readonly ok: false; readonly reason: string }

/** `folder` must not exist yet, or be empty. On failure nothing is left behind. */
export async function backup(disk: LmdbDisk, folder: string, nowMs: number): Promise<BackupResult> {
  const partial = `${folder}.partial`
  try {
    const refusal = await refusalOf(disk, folder)
    if (refusal !== null) return { ok: false, reason: refusal }
    await rm(partial, { recursive: true, force: true })
    await mkdir(join(partial, 'store'), { recursive: true, mode: 0o700 })
    await disk.copyTo(join(partial, 'store'))
    const report = await describeCopy(partial, folder, nowMs)
    await rm(folder, { recursive: true, force: true })
    await rename(partial, folder)
    await syncFolder(dirname(folder))
    return { ok: true, report }
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    return { ok: false, reason: `${folder}: ${error instanceof Error ? error.message : String(error)}` }
  }
}

async function refusalOf(disk: LmdbDisk, folder: string): Promise<string | null> {
  const found = await readdir(folder).catch(() => [])
  if (found.length > 0) return `${folder} exists and is not empty`
  await mkdir(dirname(folder), { recursive: true })
  const free = freeBytesOf(dirname(folder))
  const needed = disk.fileBytes + freeBytesReserve
  return free < needed ? `${folder}: ${free} bytes free, the copy needs ${needed} (64 MB of them stay free)` : null
}

/** The proof that the copy can be read, and the words about it, both on the disk. */
async function describeCopy(partial: string, folder: string, takenMs: number): Promise<BackupReport> {
  const store = join(partial, 'store')
  const examined = await examineEnvironment(store, 'fresh-copy')
  if (!examined.ok) throw new Error(`the copy cannot be read: ${examined.detail}`)
  const { recordsCount, unreadableCount, kinds } = examined
  const { size: bytes } = await stat(dataPath(store))
  await rm(join(store, 'lock.mdb'), { force: true })
  const report: BackupReport = { folder, takenMs, recordsCount, unreadableCount, kinds, bytes }
  await writeFile(join(partial, 'backup.json'), `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 })
  for (const path of [dataPath(store), join(partial, 'backup.json')]) await syncFile(path)
  for (const path of [store, partial]) await syncFolder(path)
  return report
}

/** What `backup.json` says; null when it is not the file of a backup. */
export async function readBackupReport(folder: string): Promise<BackupReport | null> {
  try {
    const report = JSON.parse(await readFile(join(folder, 'backup.json'), 'utf8')) as BackupReport
    return typeof report.takenMs === 'number' ? report : null
  } catch {
    return null
  }
}
