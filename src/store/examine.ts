/**
 * Reads every record of an environment in a process of its own (`child-process.ts` says why), for a start, a restore
 * and a backup. The child is `examine-process.ts`; what is done with unreadable records is `quarantine.ts`.
 */
import { existsSync } from 'node:fs'
import { type Manifest, manifestKey, manifestRecord } from '../ports/records/manifest.ts'
import { quarantineOwner } from '../ports/records/quarantine.ts'
import { type ChildFault, inChildProcess } from './child-process.ts'
import { check, type UnreadableRecord } from './inspect.ts'
import { quarantineMax } from './limits.ts'
import { dataPath, LmdbDisk } from './lmdb-disk.ts'

/**
 * - `store`: opened as the server does, so that what lmdb undoes after a power loss is undone.
 * - `copy`: nothing in the folder is changed, which may be a read-only medium.
 * - `fresh-copy`: written to once and flushed, so that it reads the same on every machine (see `settleCopy`).
 */
export type ExaminedAs = 'store' | 'copy' | 'fresh-copy'

export interface ExaminedEnvironment {
  readonly ok: true
  readonly recordsCount: number
  readonly kinds: Readonly<Record<string, number>>
  readonly unreadableCount: number
  /** All of them, unless there are too many to be set aside. */
  readonly unreadable: readonly UnreadableRecord[]
  /** Null when there is none or it cannot be read. */
  readonly manifest: Manifest | null
}

export type Examination = ExaminedEnvironment | ChildFault

export const nothingToExamine: ExaminedEnvironment = {
  ok: true,
  recordsCount: 0,
  kinds: {},
  unreadableCount: 0,
  unreadable: [],
  manifest: null,
}

/** About 0.1 s, and 0.2 s more for each 100,000 records. A folder without an environment holds no records. */
export async function examineEnvironment(folder: string, as: ExaminedAs): Promise<Examination> {
  if (!existsSync(dataPath(folder))) return nothingToExamine
  return inChildProcess<Examination>('examine-process', [folder, as])
}

/** The child's work. */
export async function examineHere(folder: string, as: ExaminedAs): Promise<Examination> {
  const opened = LmdbDisk.open(folder, { readOnly: as === 'copy' })
  if (!opened.ok) return opened
  const { disk } = opened
  try {
    if (as === 'fresh-copy') await settleCopy(disk)
    const { recordsCount, unreadableCount, unreadable, kinds } = await check(disk, quarantineMax, isQuarantined)
    const counts = Object.fromEntries([...kinds].map(([name, kind]) => [name, kind.recordsCount]))
    return { ok: true, recordsCount, kinds: counts, unreadableCount, unreadable, manifest: readManifest(disk) }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

/** What the environment says about itself, without any judgement; null where it cannot be read. */
export function readManifest(disk: LmdbDisk): Manifest | null {
  const bytes = disk.get(manifestKey)
  const decoded = bytes === null ? null : manifestRecord.decode(bytes)
  return decoded?.ok ? decoded.value : null
}

/**
 * lmdb's copy carries the mark of this boot of the machine and, where a commit was under way, two states: after a
 * reboot or elsewhere the older one would be read. One flushed commit makes both the same.
 */
async function settleCopy(disk: LmdbDisk): Promise<void> {
  const bytes = disk.get(manifestKey)
  if (bytes === null) throw new Error('the copy has no manifest')
  const result = await disk.write([{ key: Buffer.from(manifestKey), value: bytes }]).flushed
  if (!result.ok) throw new Error(result.detail)
}

function isQuarantined(key: string): boolean {
  return key.startsWith(`${quarantineOwner}\0`)
}
