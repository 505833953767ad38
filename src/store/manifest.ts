/**
 * The store's own page: made with the store, checked at every start. A newer schema is refused; an older one is
 * migrated forward, one version a step, after an automatic backup. Each step writes the raised manifest last, so a
 * crash repeats the step: steps must bear that.
 */
import { join } from 'node:path'
import { type Manifest, manifestKey, manifestRecord } from '../ports/records/manifest.ts'
import { backup } from './backup.ts'
import { damaged, type StoreResult } from './faults.ts'
import { dataPath, type LmdbDisk } from './lmdb-disk.ts'

/** What this build writes and the newest that it reads. */
export const schemaVersion = 1

export interface Migration {
  /** The version that it starts from; it ends at the next one. */
  readonly from: number
  /** For the log and the administrator: what changes. */
  readonly title: string
  migrate(disk: LmdbDisk): Promise<void>
}

/** From the first release on, one entry per version ever released. */
export const migrations: readonly Migration[] = []

export type NewManifest = Pick<Manifest, 'serverId' | 'realm' | 'createdBy' | 'createdMs'>

export interface ManifestOptions {
  /** Used when the store is new. */
  readonly create: NewManifest
  /** Where the backup before a migration goes. */
  readonly backupsFolder: string
  readonly nowMs: number
  /** Set by tests only. */
  readonly schema?: { readonly version: number; readonly migrations: readonly Migration[] }
}

export async function openManifest(disk: LmdbDisk, options: ManifestOptions): Promise<StoreResult<Manifest>> {
  const schema = options.schema ?? { version: schemaVersion, migrations }
  const bytes = disk.get(manifestKey)
  if (bytes === null) return createManifest(disk, schema.version, options.create)
  const decoded = manifestRecord.decode(bytes)
  if (!decoded.ok) return damaged(dataPath(disk.folder), `its manifest cannot be read: ${decoded.reason}`)
  const manifest = decoded.value
  if (manifest.schemaVersion > schema.version) return newerSchema(manifest.schemaVersion, schema.version)
  if (manifest.schemaVersion === schema.version) return { ok: true, value: manifest }
  return migrateForward(disk, manifest, schema.version, schema.migrations, options)
}

export async function writeManifest(disk: LmdbDisk, manifest: Manifest): Promise<string | null> {
  const write = disk.write([{ key: Buffer.from(manifestKey), value: manifestRecord.encode(manifest) }])
  const result = await write.flushed
  return result.ok ? null : result.detail
}

async function createManifest(disk: LmdbDisk, version: number, create: NewManifest): Promise<StoreResult<Manifest>> {
  if (!disk.isEmpty) return damaged(dataPath(disk.folder), 'it holds records and no manifest')
  const manifest: Manifest = { schemaVersion: version, ...create, serverEpoch: 1 }
  const fault = await writeManifest(disk, manifest)
  return fault === null ? { ok: true, value: manifest } : damaged(dataPath(disk.folder), fault)
}

function newerSchema(found: number, known: number): StoreResult<Manifest> {
  const message =
    `store: manifest is version ${found}, this build reads up to ${known}; ` +
    'run the newer release or `meridian restore` a backup of this one'
  return { ok: false, fault: { event: 'store.newer-schema', message } }
}

async function migrateForward(
  disk: LmdbDisk,
  manifest: Manifest,
  version: number,
  steps: readonly Migration[],
  { backupsFolder, nowMs }: ManifestOptions,
): Promise<StoreResult<Manifest>> {
  const copy = await backup(disk, join(backupsFolder, `before-schema-${version}-${nowMs}`), nowMs)
  if (!copy.ok) return migrationFailed(`the backup before the migration failed: ${copy.reason}`)
  let current = manifest
  while (current.schemaVersion < version) {
    const step = steps.find(({ from }) => from === current.schemaVersion)
    if (step === undefined) return migrationFailed(`no migration starts from version ${current.schemaVersion}`)
    await step.migrate(disk)
    current = { ...current, schemaVersion: current.schemaVersion + 1 }
    const fault = await writeManifest(disk, current)
    if (fault !== null) return migrationFailed(`${step.title}: ${fault}`)
  }
  return { ok: true, value: current }
}

function migrationFailed(detail: string): StoreResult<Manifest> {
  return { ok: false, fault: { event: 'store.migration-failed', message: `store: migration failed: ${detail}` } }
}
