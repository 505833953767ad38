/**
 * Reads every record of an environment in a process of its own, before the server opens it: LMDB answers many damaged pages
 * with `abort()`, which must cost a child and not the start, and the administrator must read why (`examine-process.ts` is the
 * child). What is done with unreadable records is `quarantine.ts`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { quarantineOwner } from '../ports/records/quarantine.ts'
import { check, type UnreadableRecord } from './inspect.ts'
import { quarantineMax } from './limits.ts'
import { dataPath, LmdbDisk } from './lmdb-disk.ts'

export type Examination =
  | {
      readonly ok: true
      readonly recordsCount: number
      readonly unreadableCount: number
      /** All of them, unless there are too many to be set aside. */
      readonly unreadable: readonly UnreadableRecord[]
    }
  | { readonly ok: false; readonly detail: string }

export const nothingToExamine: Extract<Examination, { ok: true }> = {
  ok: true,
  recordsCount: 0,
  unreadableCount: 0,
  unreadable: [],
}

/** Blocks until the child has ended: about 0.1 s, and 0.1 s more for each 100,000 records. */
export function examineEnvironment(folder: string): Examination {
  if (!existsSync(dataPath(folder))) return nothingToExamine
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const child = fileURLToPath(new URL(`./examine-process${extension}`, import.meta.url))
  // No flags of ours: an inspector's port, for one, can be had only once.
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [child, folder], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  if (status === 0) return JSON.parse(stdout) as Examination
  const last = (stderr ?? '').trim().split('\n').at(-1) ?? ''
  return { ok: false, detail: signal === null ? last : `reading it ends with ${signal}` }
}

/** The child's work. */
export async function examineHere(folder: string): Promise<Examination> {
  const opened = LmdbDisk.open(folder, { readOnly: true })
  if (!opened.ok) return opened
  try {
    const { recordsCount, unreadableCount, unreadable } = await check(opened.disk, quarantineMax, skipQuarantine)
    return { ok: true, recordsCount, unreadableCount, unreadable }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

function skipQuarantine(key: string): boolean {
  return key.startsWith(`${quarantineOwner}\0`)
}
