/**
 * The only writer of the environment. Batches of all workers that have arrived make one commit; while it runs the next
 * ones gather; an outcome is told after the flush. Starting, migrating and repairing come before (`open-store.ts`); the
 * thread's entry is `workers/store.ts`.
 *
 * Theory of operation. `#queue` holds what arrived, in order. `#run` takes a group, hands it to the disk and waits for
 * the *commit* only: commits follow one another, their flushes overlap. `#settled` chains the flushes, so outcomes
 * leave in order whatever happens, also those of batches that were refused without being tried. After one failed commit
 * or flush nothing is written any more (`#broken`): the process drains and is restarted.
 */
import type { MessagePort } from 'node:worker_threads'
import type { BatchOutcome, ScanRange } from '../ports/store.ts'
import type { FlushPace } from './flush-pace.ts'
import { FreeSpace } from './free-space.ts'
import { Incarnations } from './incarnations.ts'
import { LastWrittenNote, readLastWrittenMs } from './last-written.ts'
import { chunksUnconfirmedMax, groupWritesMax, pageBytesPerWrite } from './limits.ts'
import type { LmdbDisk, WriteResult } from './lmdb-disk.ts'
import { type PackedRecord, packRecords, unpackRecords } from './packed-records.ts'
import type { FromStoreThread, ToStoreThread } from './store-protocol.ts'
import { UnheardFailures } from './unheard-failures.ts'

export type StoreEvent =
  /** A commit or flush broke: nothing is written any more, the process must drain and be restarted. */
  | { readonly event: 'store.degraded'; readonly detail: string }
  /**
   * Told by main's handle: the store thread died, and with it what it had not told yet. The process must be restarted.
   */
  | { readonly event: 'store.thread-died'; readonly detail: string }
  | { readonly event: 'store.disk-low'; readonly freeBytes: number; readonly neededBytes: number }
  | { readonly event: 'store.disk-recovered'; readonly freeBytes: number; readonly neededBytes: number }

/** Since the thread's start. */
export interface StoreCounts {
  readonly commits: number
  /** Records put and removed by them. */
  readonly records: number
  /** From handing a commit to the disk to its flush, seconds, by `flushBounds`; one count more for what took longer. */
  readonly flushes: readonly number[]
  readonly flushSeconds: number
}

export const flushBounds = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.012, 0.016, 0.024, 0.05, 0.1, 0.25, 1] as const

export interface StoreThreadOptions {
  readonly disk: LmdbDisk
  readonly onEvent: (event: StoreEvent) => void
  /** For workers that have no clock of their own. */
  readonly nowMs: () => number
  /** Where a slower disk is emulated. */
  readonly pace?: FlushPace | null
  /** Instead of the disk's own answer: tests. */
  readonly freeBytes?: () => number
}

interface Writer {
  readonly port: MessagePort
  readonly worker: number
  readonly incarnation: number
  readonly failures: UnheardFailures
  /** Chunks that each running scan may still send. */
  readonly credits: Map<number, ScanCredit>
}

interface ScanCredit {
  count: number
  resume: (() => void) | null
}

interface Batch {
  readonly kind: 'batch'
  readonly writer: Writer
  readonly batch: number
  readonly heardBatch: number
  readonly atMs: number
  readonly records: readonly PackedRecord[]
  readonly bytes: number
  outcome: BatchOutcome
}

interface Scan {
  readonly kind: 'scan'
  readonly writer: Writer
  readonly scan: number
  readonly range: ScanRange
}

const accepted: BatchOutcome = { ok: true }

export class StoreThread {
  readonly #disk: LmdbDisk
  readonly #onEvent: (event: StoreEvent) => void
  readonly #pace: FlushPace | null
  readonly #freeSpace: FreeSpace
  readonly #lastWritten: LastWrittenNote
  readonly #incarnations = new Incarnations()
  #queue: (Batch | Scan)[] = []
  #running: Promise<void> | null = null
  #settled: Promise<void> = Promise.resolve()
  #broken: string | null = null
  #commits = 0
  #records = 0
  readonly #flushes: number[] = new Array(flushBounds.length + 1).fill(0)
  #flushSeconds = 0

  constructor(options: StoreThreadOptions) {
    this.#disk = options.disk
    this.#onEvent = options.onEvent
    this.#pace = options.pace ?? null
    this.#lastWritten = new LastWrittenNote(readLastWrittenMs(options.disk), options.nowMs)
    this.#freeSpace = new FreeSpace({
      freeBytes: options.freeBytes ?? (() => options.disk.freeBytes),
      onChange: ({ low, freeBytes, neededBytes }) =>
        this.#onEvent({ event: low ? 'store.disk-low' : 'store.disk-recovered', freeBytes, neededBytes }),
    })
  }

  /** Why nothing is written any more, or null. */
  get broken(): string | null {
    return this.#broken
  }

  /** Serves one start of one worker at this end of its channel; the other end is for a `RemoteStore`. */
  attach(port: MessagePort, worker: number, incarnation: number): void {
    const writer: Writer = { port, worker, incarnation, failures: new UnheardFailures(), credits: new Map() }
    port.on('message', (message: ToStoreThread) => this.#onMessage(writer, message))
    // A reader that died between two chunks would leave its scan waiting for ever.
    port.on('close', () => writer.credits.clear())
  }

  /** Resolves when all that has arrived so far has been told. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running
    await this.#settled
  }

  /** Lets messages come in that are on their way. */
  nextTurn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }

  async stop(): Promise<void> {
    await this.idle()
    this.#freeSpace.close()
    await this.#disk.close()
  }

  #onMessage(writer: Writer, message: ToStoreThread): void {
    switch (message.kind) {
      case 'confirm':
        this.#confirm(writer, message.scan)
        break
      case 'scan':
        this.#incarnations.noteReading(writer.worker, writer.incarnation)
        this.#enqueue({ kind: 'scan', writer, scan: message.scan, range: message.range })
        break
      case 'batch':
        this.#enqueue(unpackBatch(writer, message))
    }
  }

  get counts(): StoreCounts {
    const [commits, records] = [this.#commits, this.#records]
    return { commits, records, flushes: [...this.#flushes], flushSeconds: this.#flushSeconds }
  }

  #enqueue(work: Batch | Scan): void {
    this.#queue.push(work)
    // At the end of this turn: what the ports of all workers hold by then goes into the same commit.
    this.#running ??= new Promise((resolve) => setImmediate(resolve)).then(() => this.#run())
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#takeGroup()
      const batches = group.filter((work) => work.kind === 'batch')
      this.#decide(batches)
      this.#count(batches)
      const startedMs = performance.now()
      const { committed, flushed: onDisk } = this.#disk.write(this.#recordsOf(batches))
      const flushed = this.#pace === null || batches.length === 0 ? onDisk : this.#pace.through(onDisk)
      const result = await committed
      if (!result.ok) this.#breakOff(result.detail)
      if (batches.some(({ outcome }) => outcome.ok))
        void flushed.then(() => this.#noteFlush((performance.now() - startedMs) / 1_000))
      this.#settled = Promise.all([flushed, this.#settled]).then(([flush]) => this.#settle(group, batches, flush))
    }
    this.#running = null
  }

  #count(batches: readonly Batch[]): void {
    const written = batches.filter(({ outcome }) => outcome.ok)
    if (written.length > 0) this.#commits++
    for (const { records } of written) this.#records += records.length
  }

  #noteFlush(seconds: number): void {
    const slot = flushBounds.findIndex((bound) => seconds <= bound)
    this.#flushes[slot < 0 ? flushBounds.length : slot]!++
    this.#flushSeconds += seconds
  }

  #takeGroup(): readonly (Batch | Scan)[] {
    let end = 0
    for (let writes = 0; end < this.#queue.length && writes < groupWritesMax; end++) {
      const work = this.#queue[end]!
      if (work.kind === 'batch') writes += work.records.length
    }
    return this.#queue.splice(0, end)
  }

  /** Which batches of a group are tried at all. */
  #decide(batches: readonly Batch[]): void {
    let acceptedBytes = 0
    for (const batch of batches) {
      batch.outcome = this.#outcomeBefore(batch, acceptedBytes)
      if (batch.outcome.ok) acceptedBytes += batch.bytes
      else batch.writer.failures.note(batch.batch, keysOf(batch))
    }
  }

  #outcomeBefore(batch: Batch, acceptedBytes: number): BatchOutcome {
    const { writer } = batch
    if (this.#broken !== null) return { ok: false, reason: 'failed', detail: this.#broken }
    const stale = this.#incarnations.staleDetail(writer.worker, writer.incarnation)
    if (stale !== null) return { ok: false, reason: 'stale-incarnation', detail: stale }
    const before = writer.failures.blockedBy(batch.heardBatch, keysOf(batch))
    if (before > 0) return { ok: false, reason: 'refused', detail: `rests on batch ${before}, which was not written` }
    const refusal = this.#freeSpace.refusal(batch.bytes, acceptedBytes)
    return refusal === null ? accepted : { ok: false, reason: 'refused', detail: refusal }
  }

  *#recordsOf(batches: readonly Batch[]): Iterable<PackedRecord> {
    let atMs = -1
    for (const batch of batches) {
      if (!batch.outcome.ok) continue
      yield* batch.records
      atMs = Math.max(atMs, batch.atMs)
    }
    const note = atMs < 0 ? null : this.#lastWritten.record(atMs)
    if (note !== null) yield note
  }

  #settle(group: readonly (Batch | Scan)[], batches: readonly Batch[], flush: WriteResult): void {
    if (!flush.ok) this.#breakOff(flush.detail)
    for (const batch of batches) {
      // A flush behind a broken one proves nothing: the system reports a lost page once, to one of them.
      if (this.#broken !== null && batch.outcome.ok) {
        batch.outcome = { ok: false, reason: 'failed', detail: this.#broken }
      }
    }
    for (const message of outcomesByWriter(batches)) message.writer.port.postMessage(message.message)
    for (const work of group) if (work.kind === 'scan') void this.#scan(work)
  }

  #breakOff(detail: string): void {
    if (this.#broken !== null) return
    this.#broken = detail
    this.#onEvent({ event: 'store.degraded', detail })
  }

  async #scan(work: Scan): Promise<void> {
    try {
      await this.#sendChunks(work)
    } catch (error) {
      // The environment itself cannot be read: nothing that is written to it now could be trusted.
      const detail = error instanceof Error ? error.message : String(error)
      this.#breakOff(detail)
      work.writer.port.postMessage({ kind: 'scan-failed', scan: work.scan, detail } satisfies FromStoreThread)
    }
    work.writer.credits.delete(work.scan)
  }

  async #sendChunks({ writer, scan, range }: Scan): Promise<void> {
    const credit: ScanCredit = { count: chunksUnconfirmedMax, resume: null }
    writer.credits.set(scan, credit)
    let after: Buffer | null = null
    do {
      const chunk = this.#disk.readChunk(range, after)
      after = chunk.after
      // Chunks without a record of this shard are not worth a post, and cost no credit.
      if (after === null || chunk.records.length > 0) {
        post(writer.port, { kind: 'chunk', scan, records: packRecords(chunk.records), last: after === null })
        credit.count--
      }
      if (after !== null) await turnOrCredit(credit)
    } while (after !== null && writer.credits.has(scan))
  }

  #confirm(writer: Writer, scan: number): void {
    const credit = writer.credits.get(scan)
    if (credit === undefined) return
    credit.count++
    credit.resume?.()
  }
}

function unpackBatch(writer: Writer, message: Extract<ToStoreThread, { kind: 'batch' }>): Batch {
  const { batch, heardBatch, atMs, writes } = message
  const records = unpackRecords(writes)
  const bytes = writes.byteLength + records.length * pageBytesPerWrite
  return { kind: 'batch', writer, batch, heardBatch, atMs, records, bytes, outcome: accepted }
}

function post(port: MessagePort, message: Extract<FromStoreThread, { kind: 'chunk' }>): void {
  port.postMessage(message, [message.records])
}

/** Gives the thread up for a turn, or until the reader has confirmed a chunk. */
function turnOrCredit(credit: ScanCredit): Promise<void> {
  return new Promise((resolve) => {
    if (credit.count > 0) setImmediate(resolve)
    else {
      credit.resume = () => {
        credit.resume = null
        resolve()
      }
    }
  })
}

/** Lazily: they are wanted only behind a failure. */
function* keysOf(batch: Batch): Iterable<string> {
  for (const { key } of batch.records) yield key.toString()
}

interface Outcomes {
  readonly writer: Writer
  readonly message: { readonly kind: 'outcomes'; readonly firstBatch: number; readonly outcomes: BatchOutcome[] }
}

/** One post per worker and commit. A writer's batches within a group follow one another. */
function outcomesByWriter(batches: readonly Batch[]): Iterable<Outcomes> {
  const byWriter = new Map<Writer, Outcomes>()
  for (const { writer, batch, outcome } of batches) {
    const known = byWriter.get(writer)
    if (known !== undefined) known.message.outcomes.push(outcome)
    else byWriter.set(writer, { writer, message: { kind: 'outcomes', firstBatch: batch, outcomes: [outcome] } })
  }
  return byWriter.values()
}
