/**
 * One LMDB environment: ordered bytes with atomic commits. The only file that knows lmdb's surface. Who may write when,
 * and what is refused, is decided by its users: `store-thread.ts`, `direct-store.ts`. Never a synchronous transaction.
 */
import { existsSync, mkdirSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { wholeRange } from '../ports/records/keys.ts'
import type { ScanRange, StoreKey } from '../ports/store.ts'
import { environmentFault } from './environment-file.ts'
import { chunkBytesMax, chunkRecordsMax, flushDeadlineMs } from './limits.ts'
import type { PackedRecord } from './packed-records.ts'
import { ownedBy } from './shard-filter.ts'

export type WriteResult = { readonly ok: true } | { readonly ok: false; readonly detail: string }

/** The two ends of one commit: visible to readers, then on the disk. Neither rejects. */
export interface PendingWrite {
  readonly committed: Promise<WriteResult>
  readonly flushed: Promise<WriteResult>
}

export interface FoundRecord {
  readonly key: Buffer
  readonly value: Buffer
}

export interface Chunk {
  readonly records: readonly FoundRecord[]
  /** Key to go on behind; null at the end of the range. */
  readonly after: Buffer | null
  /** Records looked at, found or not. */
  readonly visitedCount: number
}

export type OpenedDisk =
  | { readonly ok: true; readonly disk: LmdbDisk }
  | { readonly ok: false; readonly detail: string }

const done: WriteResult = { ok: true }

export class LmdbDisk {
  /** The folder that holds `data.mdb`. */
  readonly folder: string
  readonly #environment: RootDatabase<Uint8Array, Uint8Array>
  #broken = false

  private constructor(folder: string, environment: RootDatabase<Uint8Array, Uint8Array>) {
    this.folder = folder
    this.#environment = environment
  }

  /** Makes the environment if the folder has none, unless `readOnly`. */
  static open(folder: string, options: { readonly readOnly?: boolean } = {}): OpenedDisk {
    const path = dataPath(folder)
    const fault = existsSync(path) ? environmentFault(path) : options.readOnly ? `there is no ${path}` : null
    if (fault !== null) return { ok: false, detail: fault }
    try {
      if (!options.readOnly) mkdirSync(folder, { recursive: true, mode: 0o700 })
      return { ok: true, disk: new LmdbDisk(folder, openEnvironment(folder, options.readOnly === true)) }
    } catch (error) {
      return { ok: false, detail: messageOf(error) }
    }
  }

  /**
   * Hands all records over as one transaction: lmdb joins what is written in one turn of the event loop. The caller
   * must not write again before `committed`, so that nothing is on its way behind a commit that fails.
   */
  write(records: Iterable<PackedRecord>): PendingWrite {
    let commit: FlushablePromise | null = null
    for (const { key, value } of records) {
      commit = (value === null ? this.#environment.remove(key) : this.#environment.put(key, value)) as FlushablePromise
    }
    if (commit === null) return { committed: Promise.resolve(done), flushed: Promise.resolve(done) }
    // Taken now: after the next write of another turn the property of the environment would mean that one.
    const flush = commit.flushed ?? commit
    const committed = commit.then(
      () => done,
      (error) => this.#failedWrite(error),
    )
    const flushed = committed.then((result) => (result.ok ? this.#flushedOrLate(flush) : result))
    return { committed, flushed }
  }

  get(key: StoreKey): Buffer | null {
    const value = this.#environment.get(Buffer.from(key))
    return value === undefined ? null : asBuffer(value)
  }

  get isEmpty(): boolean {
    return this.readChunk(wholeRange, null).visitedCount === 0
  }

  /** The next part of a range, bounded in work. Each chunk sees the newest state; between two nothing is pinned. */
  readChunk(range: ScanRange, after: Buffer | null): Chunk {
    const records: FoundRecord[] = []
    let visitedCount = 0
    let bytes = 0
    let last: Buffer | null = null
    // For lmdb an empty end means none.
    const options = rangeOptions(range, after)
    for (const entry of range.to === '' ? [] : this.#environment.getRange(options)) {
      last = asBuffer(entry.key)
      visitedCount++
      if (range.shard === undefined || ownedBy(last.toString(), range.shard)) {
        const value = asBuffer(entry.value)
        records.push({ key: last, value })
        bytes += last.length + value.length
      }
      if (bytes >= chunkBytesMax) break
    }
    const more = bytes >= chunkBytesMax || visitedCount >= chunkRecordsMax
    return { records, after: more ? last : null, visitedCount }
  }

  /** All of a range at once, chunk by chunk with the thread given up in between. */
  async *readRange(range: ScanRange): AsyncGenerator<FoundRecord> {
    let after: Buffer | null = null
    do {
      const chunk: Chunk = this.readChunk(range, after)
      yield* chunk.records
      after = chunk.after
      if (after !== null) await nextTurn()
    } while (after !== null)
  }

  /** Bytes that an unprivileged process may still write to the file system of the environment. */
  get freeBytes(): number {
    return freeBytesOf(this.folder)
  }

  get fileBytes(): number {
    return statSync(dataPath(this.folder)).size
  }

  /** Copies the environment as of now into `folder`, which must exist. Not compacting: see `backup.ts`. */
  copyTo(folder: string): Promise<void> {
    return this.#environment.backup(folder, false)
  }

  async close(): Promise<void> {
    // After a failed commit lmdb would wait here for its flush, which never comes; the end of the process closes all.
    if (!this.#broken) await this.#environment.close()
  }

  #failedWrite(error: unknown): WriteResult {
    this.#broken = true
    // lmdb rejects this second promise a moment later; nobody else listens to it, and unheard it would end the process.
    ;(error as { commitError?: Promise<unknown> }).commitError?.catch(() => undefined)
    return { ok: false, detail: messageOf(error) }
  }

  /** After a commit whose fsync failed lmdb's promise stays open for ever, so this wait needs an end. */
  #flushedOrLate(flush: Promise<unknown>): Promise<WriteResult> {
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#broken = true
        resolve({ ok: false, detail: `not flushed within ${flushDeadlineMs} ms` })
      }, flushDeadlineMs)
      flush.then(
        () => {
          clearTimeout(late)
          resolve(done)
        },
        (error) => resolve(this.#failedWrite(error)),
      )
    })
  }
}

/** With `separateFlushed`, lmdb hangs a second promise on the first. */
type FlushablePromise = Promise<boolean> & { readonly flushed?: Promise<unknown> }

export function dataPath(folder: string): string {
  return join(folder, 'data.mdb')
}

export function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

function openEnvironment(folder: string, readOnly: boolean): RootDatabase<Uint8Array, Uint8Array> {
  return open<Uint8Array, Uint8Array>(folder, {
    keyEncoding: 'binary',
    encoding: 'binary',
    separateFlushed: true,
    readOnly,
    noSubdir: false,
    maxDbs: 1,
  })
}

function rangeOptions({ from, to }: ScanRange, after: Buffer | null) {
  return {
    // No key is empty, and lmdb takes none.
    start: after ?? Buffer.from(from === '' ? '\0' : from),
    end: Buffer.from(to),
    exclusiveStart: after !== null,
    limit: chunkRecordsMax,
    // Else a long range keeps the pages of its first moment, and the file grows behind it.
    snapshot: false,
  }
}

/**
 * For `unhandledRejection` of a process or thread that writes: after a failed commit lmdb also rejects promises that
 * nobody was given. The failure itself is told as the outcome of the batches; every other rejection stays the end of
 * the thread.
 */
export function ignoreFailedCommits(reason: unknown): void {
  const isOfCommit = reason instanceof Error && (reason.message.startsWith('Commit failed') || 'commitError' in reason)
  if (!isOfCommit) throw reason
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
