/**
 * Reads every record of an environment in a process of its own: LMDB answers many damaged pages with `abort()`, which
 * must cost a child and neither a start, nor a restore, nor a server that makes a backup; and the administrator must
 * read why. The child is `examine-process.ts`; what is done with unreadable records is `quarantine.ts`.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Manifest, manifestKey, manifestRecord } from '../ports/records/manifest.ts'
import { quarantineOwner } from '../ports/records/quarantine.ts'
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

export type Examination = ExaminedEnvironment | { readonly ok: false; readonly detail: string }

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
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const script = fileURLToPath(new URL(`./examine-process${extension}`, import.meta.url))
  const child = spawn(process.execPath, [script, folder, as], {
    // No flags of ours: an inspector's port, for one, can be had only once.
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<string | null>((resolve) => {
    child.once('close', (status, signal) => resolve(status === 0 ? null : `reading it ends with ${signal ?? status}`))
    child.once('error', (error) => resolve(`it cannot be examined: ${error.message}`))
  })
  const [fault, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  if (fault === null) return JSON.parse(stdout) as Examination
  // What lmdb said before it ended the process, without the stack that Node prints behind it.
  const said = stderr.split('\n').find((line) => /assert|error/i.test(line))
  return { ok: false, detail: said === undefined ? fault : `${fault}: ${said.trim().slice(0, 200)}` }
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
