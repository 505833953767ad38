/**
 * The store in memory, for tests and the simulation. `MemoryDisk` is an ordered map that plays the disk: batches wait
 * in one queue and become durable when it is told so; `MemoryStore` is one worker's side of it. No timers, no
 * randomness; a crash keeps exactly what was flushed.
 */
import assert from 'node:assert/strict'
import { compareKeys } from '../ports/records/keys.ts'
import type { BatchOutcome, RecordWrite, ScanRange, Store, StoreKey, StoreListener } from '../ports/store.ts'
import { checkWrites } from './check-writes.ts'
import { Incarnations } from './incarnations.ts'
import { ownedBy } from './shard-filter.ts'
import { UnheardFailures } from './unheard-failures.ts'

/** What `failNext` can make of a batch. */
export type MemoryFailure = 'refused' | 'failed'

/** One attached worker, as the disk sees it. */
class MemoryWriter {
  readonly worker: number
  readonly incarnation: number
  readonly failures = new UnheardFailures()
  listener: StoreListener | null = null
  /** The newest batch whose outcome was told. */
  heardBatch = 0

  constructor(worker: number, incarnation: number) {
    this.worker = worker
    this.incarnation = incarnation
  }
}

interface WaitingBatch {
  readonly kind: 'batch'
  readonly writer: MemoryWriter
  readonly batch: number
  /** Newest batch whose outcome the writer knew when it handed this one over. */
  readonly heardBatch: number
  readonly writes: readonly RecordWrite[]
}

type Waiting = WaitingBatch | { readonly kind: 'scan'; readonly run: () => void }

export class MemoryDisk {
  readonly #durable: Map<StoreKey, Uint8Array>
  readonly #incarnations = new Incarnations()
  #queue: Waiting[] = []
  #failures: { readonly reason: MemoryFailure; readonly detail: string }[] = []
  #sortedKeys: StoreKey[] | null = null
  #crashed = false
  /** Every batch is durable at the next `drain`, without a `flush`. */
  autoFlush = false

  constructor(durable: ReadonlyMap<StoreKey, Uint8Array> = new Map()) {
    this.#durable = new Map(durable)
  }

  /** A worker's store on this disk. A newer incarnation that reads makes the older ones stale. */
  attach(worker: number, incarnation: number): MemoryStore {
    return new MemoryStore(this, worker, incarnation)
  }

  /** Batches handed over and not yet settled. */
  get pendingCount(): number {
    return this.#queue.filter((waiting) => waiting.kind === 'batch').length
  }

  /** What a crash now would leave. */
  get durable(): ReadonlyMap<StoreKey, Uint8Array> {
    return this.#durable
  }

  /** Settles the next `count` batches (all by default) and tells their listeners. Returns how many that were. */
  flush(count = Number.POSITIVE_INFINITY): number {
    let settled = 0
    while (this.#queue.length > 0) {
      if (this.#queue[0]!.kind === 'batch' && settled === count) break
      const waiting = this.#queue.shift()!
      if (waiting.kind === 'scan') waiting.run()
      else {
        settled++
        this.#settle(waiting)
      }
    }
    return settled
  }

  /** With `autoFlush`, settles all that waits; else nothing. The virtual driver calls it once a step. */
  drain(): number {
    return this.autoFlush ? this.flush() : 0
  }

  /** The next batch to be settled ends like this; several calls line up. */
  failNext(reason: MemoryFailure, detail = 'as the test asked'): void {
    this.#failures.push({ reason, detail })
  }

  /** Failures that no batch has met yet will not come. */
  recover(): void {
    this.#failures.length = 0
  }

  /**
   * Power loss: batches not yet flushed are forgotten and nobody is told. This disk is dead; go on with the new one.
   */
  crash(): MemoryDisk {
    this.#crashed = true
    this.#queue = []
    const next = new MemoryDisk(this.#durable)
    next.autoFlush = this.autoFlush
    return next
  }

  /** For `MemoryStore`. */
  enqueueBatch(writer: MemoryWriter, batch: number, writes: readonly RecordWrite[]): void {
    if (this.#crashed) return
    const fault = checkWrites(writes)
    assert(fault === null, `store: ${fault}`)
    // The caller may use its buffers again; a real store copies them at once as well.
    const copies = writes.map(({ key, value }) => ({ key, value: value === null ? null : Uint8Array.from(value) }))
    this.#queue.push({ kind: 'batch', writer, batch, heardBatch: writer.heardBatch, writes: copies })
  }

  /** For `MemoryStore`: waits until all batches handed over before have been settled. */
  enqueueScan(
    writer: MemoryWriter,
    range: ScanRange,
    visit: (key: StoreKey, value: Uint8Array) => void,
  ): Promise<void> {
    if (this.#crashed) return new Promise(() => undefined)
    this.#incarnations.noteReading(writer.worker, writer.incarnation)
    return new Promise((resolve) => {
      const run = () => {
        this.#visitRange(range, visit)
        resolve()
      }
      if (this.#queue.length === 0) run()
      else this.#queue.push({ kind: 'scan', run })
    })
  }

  #settle(waiting: WaitingBatch): void {
    const { writer, batch, writes } = waiting
    const outcome = this.#outcomeOf(waiting)
    if (outcome.ok) for (const write of writes) this.#apply(write)
    else writer.failures.note(batch, keysOf(writes))
    writer.heardBatch = batch
    writer.listener?.onBatch(batch, outcome)
  }

  #outcomeOf({ writer, heardBatch, writes }: WaitingBatch): BatchOutcome {
    const stale = this.#incarnations.staleDetail(writer.worker, writer.incarnation)
    if (stale !== null) return { ok: false, reason: 'stale-incarnation', detail: stale }
    const before = writer.failures.blockedBy(heardBatch, keysOf(writes))
    if (before > 0) return { ok: false, reason: 'refused', detail: `rests on batch ${before}, which was not written` }
    const failure = this.#failures.shift()
    return failure === undefined ? { ok: true } : { ok: false, ...failure }
  }

  #apply({ key, value }: RecordWrite): void {
    if (value !== null) {
      if (!this.#durable.has(key)) this.#sortedKeys = null
      this.#durable.set(key, value)
    } else if (this.#durable.delete(key)) this.#sortedKeys = null
  }

  #visitRange({ from, to, shard }: ScanRange, visit: (key: StoreKey, value: Uint8Array) => void): void {
    this.#sortedKeys ??= [...this.#durable.keys()].sort(compareKeys)
    const keys = this.#sortedKeys
    for (let index = firstAtLeast(keys, from); index < keys.length; index++) {
      const key = keys[index]!
      if (compareKeys(key, to) >= 0) return
      if (shard !== undefined && !ownedBy(key, shard)) continue
      const value = this.#durable.get(key)
      if (value !== undefined) visit(key, Uint8Array.from(value))
    }
  }
}

/** A worker's side of a `MemoryDisk`. Whoever made it decides when a batch becomes durable, fails or is lost. */
export class MemoryStore implements Store {
  readonly disk: MemoryDisk
  readonly #writer: MemoryWriter
  #batchesCount = 0

  /** A store of its own by default; several workers on one disk come from `MemoryDisk.attach`. */
  constructor(disk: MemoryDisk = new MemoryDisk(), worker = 0, incarnation = 1) {
    this.disk = disk
    this.#writer = new MemoryWriter(worker, incarnation)
  }

  commit(writes: readonly RecordWrite[]): number {
    this.#batchesCount++
    this.disk.enqueueBatch(this.#writer, this.#batchesCount, writes)
    return this.#batchesCount
  }

  scan(range: ScanRange, visit: (key: StoreKey, value: Uint8Array) => void): Promise<void> {
    return this.disk.enqueueScan(this.#writer, range, visit)
  }

  listen(listener: StoreListener): void {
    this.#writer.listener = listener
  }

  /** See `MemoryDisk.flush`. */
  flush(count?: number): number {
    return this.disk.flush(count)
  }

  /** See `MemoryDisk.drain`. */
  drain(): number {
    return this.disk.drain()
  }

  /** See `MemoryDisk.failNext`. */
  failNext(reason: MemoryFailure, detail?: string): void {
    this.disk.failNext(reason, detail)
  }

  set autoFlush(on: boolean) {
    this.disk.autoFlush = on
  }

  /** The same worker's store after a restart: a new incarnation, over what was durable. */
  crash(): MemoryStore {
    return this.disk.crash().attach(this.#writer.worker, this.#writer.incarnation + 1)
  }
}

function firstAtLeast(keys: readonly StoreKey[], wanted: StoreKey): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareKeys(keys[middle]!, wanted) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function* keysOf(writes: readonly RecordWrite[]): Iterable<StoreKey> {
  for (const { key } of writes) yield key
}
