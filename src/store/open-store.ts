/**
 * From a data folder to a store that may be served: look at the file, read it all, open, manifest, migrations,
 * quarantine. Each failure is a message that says what to do. The folder's lock is taken before, by whoever owns the
 * process (`lock.ts`).
 */
import { existsSync } from 'node:fs'
import type { Manifest } from '../ports/records/manifest.ts'
import type { StoreKey } from '../ports/store.ts'
import { backupsFolder, restoringFolder, storeFolder } from './data-folder.ts'
import { looksCutOff } from './environment-file.ts'
import { type ExaminedEnvironment, examineEnvironment, nothingToExamine } from './examine.ts'
import { damaged, type StoreFault, type StoreResult } from './faults.ts'
import { readLastWrittenMs } from './last-written.ts'
import { dataPath, LmdbDisk } from './lmdb-disk.ts'
import { type Migration, type NewManifest, openManifest } from './manifest.ts'
import { quarantineUnreadable } from './quarantine.ts'

export interface OpenStoreOptions {
  readonly dataFolder: string
  readonly create: Omit<NewManifest, 'createdMs'>
  readonly nowMs: number
  readonly onQuarantined: (key: StoreKey, reason: string) => void
  /** Set by tests only. */
  readonly schema?: { readonly version: number; readonly migrations: readonly Migration[] }
}

export interface OpenedStore {
  readonly disk: LmdbDisk
  readonly manifest: Manifest
  /** 0 for a new store. At start the steady wall clock is at least this. */
  readonly lastWrittenMs: number
  readonly recordsCount: number
  readonly quarantinedCount: number
}

/** For the server: every record is read once, unreadable ones are set aside. */
export async function openStore(options: OpenStoreOptions): Promise<StoreResult<OpenedStore>> {
  const folder = storeFolder(options.dataFolder)
  const examination = await examineEnvironment(folder, 'store')
  return examination.ok ? openExamined(options, examination) : damaged(dataPath(folder), examination.detail)
}

/** For commands, which must not take longer the more users there are: what is not asked for is not read. */
export async function openStoreUnexamined(options: OpenStoreOptions): Promise<StoreResult<OpenedStore>> {
  const path = dataPath(storeFolder(options.dataFolder))
  const suspicious = existsSync(path) && looksCutOff(path)
  return suspicious ? openStore(options) : openExamined(options, nothingToExamine)
}

async function openExamined(
  options: OpenStoreOptions,
  examination: ExaminedEnvironment,
): Promise<StoreResult<OpenedStore>> {
  const folder = storeFolder(options.dataFolder)
  const fault = halfRestored(options.dataFolder)
  if (fault !== null) return { ok: false, fault }
  const opened = LmdbDisk.open(folder)
  if (!opened.ok) return damaged(dataPath(folder), opened.detail)
  const result = await prepare(opened.disk, options, examination)
  if (!result.ok) await opened.disk.close()
  return result
}

async function prepare(
  disk: LmdbDisk,
  options: OpenStoreOptions,
  examination: ExaminedEnvironment,
): Promise<StoreResult<OpenedStore>> {
  try {
    const manifest = await openManifest(disk, {
      create: { ...options.create, createdMs: options.nowMs },
      backupsFolder: backupsFolder(options.dataFolder),
      nowMs: options.nowMs,
      ...(options.schema === undefined ? {} : { schema: options.schema }),
    })
    if (!manifest.ok) return manifest
    const examined = await quarantineUnreadable(disk, examination, options)
    if (!examined.ok) return examined
    const lastWrittenMs = readLastWrittenMs(disk)
    return { ok: true, value: { disk, manifest: manifest.value, lastWrittenMs, ...examined.value } }
  } catch (error) {
    // lmdb throws for pages that it can tell are damaged.
    return damaged(dataPath(disk.folder), error instanceof Error ? error.message : String(error))
  }
}

/** A restore that was killed between its two renames: an empty store in this place would look like a lost one. */
function halfRestored(dataFolder: string): StoreFault | null {
  if (existsSync(storeFolder(dataFolder)) || !existsSync(restoringFolder(dataFolder))) return null
  const message = `store: a restore into ${dataFolder} was interrupted; run the same \`meridian restore\` again`
  return { event: 'store.half-restored', message }
}
