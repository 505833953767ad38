/**
 * One owner of a data folder. The lock itself is the kernel's (fcntl, by way of an empty SQLite database that is held
 * in an exclusive transaction): it ends with its process, however that ends, so there is no stale lock to judge and no
 * race in replacing one. A pid in a file would do neither, and two containers on one volume may both be pid 1.
 * `owner.json` beside it only says who it is.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { StoreResult } from './faults.ts'

export interface LockOwner {
  readonly pid: number
  /** Of this start of the server, or the name of the command that holds the folder. */
  readonly bootId: string
  readonly host: string
  readonly sinceMs: number
}

const sqliteBusy = 5

/** Of several who try at the same moment each can be in the way of the others, and none has it: they try again. */
const triesMax = 5
/** Each process at moments of its own, so that they do not meet again. */
const pauseMsMax = 23

/** Held locks stay reachable: a collected database would close itself and give the lock up. */
const held = new Set<DataFolderLock>()

export class DataFolderLock {
  readonly #database: DatabaseSync
  readonly #ownerPath: string

  constructor(database: DatabaseSync, ownerPath: string) {
    this.#database = database
    this.#ownerPath = ownerPath
    held.add(this)
  }

  release(): void {
    if (!held.delete(this)) return
    rmSync(this.#ownerPath, { force: true })
    this.#database.close()
  }
}

/** Within a tenth of a second: yes, or who has it. */
export function lockDataFolder(folder: string, bootId: string, nowMs: number): StoreResult<DataFolderLock> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const ownerPath = join(folder, 'owner.json')
  for (let triesCount = 1; ; triesCount++) {
    const opened = openLocked(folder)
    if ('database' in opened) {
      tryWriteOwner(ownerPath, { pid: process.pid, bootId, host: hostname(), sinceMs: nowMs })
      return { ok: true, value: new DataFolderLock(opened.database, ownerPath) }
    }
    if (!isBusy(opened.error) || triesCount === triesMax) {
      return { ok: false, fault: { event: 'store.locked', message: lockedMessage(folder, ownerPath, opened.error) } }
    }
    pause(1 + ((process.pid * triesCount) % pauseMsMax))
  }
}

function openLocked(folder: string): { readonly database: DatabaseSync } | { readonly error: unknown } {
  const database = new DatabaseSync(join(folder, 'owner.lock'), { timeout: 0 })
  try {
    // No journal file: the database stays empty, only its lock is wanted.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return { database }
  } catch (error) {
    // All that it had of the lock goes with it.
    database.close()
    return { error }
  }
}

function isBusy(error: unknown): boolean {
  return (error as { errcode?: number }).errcode === sqliteBusy
}

/** Nothing else happens before the folder is ours, so the thread may wait. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, ms)
}

/**
 * A full disk must not keep a server from starting: it still reads and delivers. The message is then without a name.
 */
function tryWriteOwner(path: string, owner: LockOwner): void {
  try {
    writeFileSync(`${path}.new`, `${JSON.stringify(owner)}\n`, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  } catch {
    rmSync(`${path}.new`, { force: true })
    rmSync(path, { force: true })
  }
}

function lockedMessage(folder: string, ownerPath: string, error: unknown): string {
  if (!isBusy(error)) {
    return `store: ${folder} cannot be locked (${error instanceof Error ? error.message : String(error)})`
  }
  const owner = readOwner(ownerPath)
  const who = owner === null ? 'another process' : `pid ${owner.pid} on ${owner.host}, boot id ${owner.bootId},`
  return `store: ${who} has ${folder} open; stop it first, or give this server a data folder of its own`
}

/** Who says to have the folder; null when nobody has written it yet. */
export function readOwner(ownerPath: string): LockOwner | null {
  try {
    return JSON.parse(readFileSync(ownerPath, 'utf8')) as LockOwner
  } catch {
    return null
  }
}
