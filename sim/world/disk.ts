/**
 * The disk of the virtual machine: batches wait for their flush for as long as the weather says, may be refused or
 * fail, and are forgotten when the machine loses power. Under it is the store in memory that the server's tests use.
 */
import type { BatchOutcome, RecordWrite, ScanRange, Store, StoreKey, StoreListener } from '../../src/ports/store.ts'
import { MemoryDisk, type MemoryFailure, type MemoryStore } from '../../src/store/memory-store.ts'
import type { History } from '../history.ts'
import type { EventQueue } from './event-queue.ts'
import type { Prng } from './prng.ts'
import type { Weather } from './weather.ts'

/** Whose store it is. */
export interface StorePlace {
  readonly worker: number
  readonly incarnation: number
  isAlive(): boolean
  wallMs(): number
}

export class VirtualDisk {
  readonly #history: History
  readonly #events: EventQueue
  readonly #random: Prng
  readonly #weather: Weather
  #disk = new MemoryDisk()
  #flushPlanned = false
  /** Since the world began: flushes, and records that were given to them. */
  flushes = 0
  writes = 0
  /** No batch is taken. */
  isFull = false
  /** A promise of the store has been fulfilled: who awaits it must be let run before the next event. */
  settled = false
  /** When the store was last written, by the writer's steady wall clock: at most a second old. */
  lastWrittenMs = 0

  constructor(of: { events: EventQueue; random: Prng; weather: Weather; history: History }) {
    this.#history = of.history
    this.#events = of.events
    this.#random = of.random
    this.#weather = of.weather
  }

  get durable(): ReadonlyMap<StoreKey, Uint8Array> {
    return this.#disk.durable
  }

  /** Writes before the server first starts. */
  prepare(writes: readonly RecordWrite[]): void {
    this.#disk.attach(-1, 1).commit(writes)
    this.#disk.flush()
  }

  attach(of: StorePlace): Store {
    return new VirtualStore(this, this.#disk.attach(of.worker, of.incarnation), of)
  }

  failNext(reason: MemoryFailure): void {
    this.#disk.failNext(reason)
  }

  /** From now on no batch fails that was not failed already. */
  recover(): void {
    this.isFull = false
    this.#disk.recover()
  }

  /** `isCommitted`: what waits is on disk, and nobody is there to hear of it. */
  losePower(isCommitted = false): void {
    if (isCommitted) this.#disk.flush()
    this.#disk = this.#disk.crash()
    this.#flushPlanned = false
  }

  /** One commit for all that waits, as the store thread joins the batches of the workers. */
  planFlush(): void {
    if (this.#flushPlanned) return
    this.#flushPlanned = true
    const disk = this.#disk
    this.#events.after(this.#weather.flushDelayMs(this.#random), () => {
      if (disk !== this.#disk) return
      this.#flushPlanned = false
      if (this.isFull) this.#refuseAll()
      disk.flush()
      this.flushes++
      this.settled = true
    })
  }

  #refuseAll(): void {
    if (this.#disk.pendingCount > 0) this.#history.fault('disk full', this.#events.nowMs)
    for (let batch = this.#disk.pendingCount; batch > 0; batch--) this.#disk.failNext('refused')
  }

  async read(inner: MemoryStore, range: ScanRange, visit: (key: StoreKey, value: Uint8Array) => void): Promise<void> {
    this.planFlush()
    this.settled = true
    await inner.scan(range, visit)
    // Reading takes time: what comes meanwhile must wait.
    await new Promise<void>((resolve) => {
      this.#events.after(this.#random.between(0, this.#weather.flushMaxDelayMs), () => {
        this.settled = true
        resolve()
      })
    })
  }

  /** For the trace: which records, without their values. */
  note(worker: number, what: string, writes: readonly RecordWrite[] = []): void {
    if (!this.#history.isJudged) return this.#history.trace(this.#events.nowMs, what)
    const keys = writes.map(({ key, value }) => `${value === null ? '-' : '+'}${key.split('\0').join(' ')}`)
    this.#history.trace(this.#events.nowMs, `worker ${worker} ${what} ${keys.join(', ')}`)
  }

  noteWritten(atMs: number): void {
    if (atMs >= this.lastWrittenMs + 1_000) this.lastWrittenMs = atMs
  }
}

class VirtualStore implements Store {
  readonly #disk: VirtualDisk
  readonly #inner: MemoryStore
  readonly #of: StorePlace

  constructor(disk: VirtualDisk, inner: MemoryStore, of: StorePlace) {
    this.#disk = disk
    this.#inner = inner
    this.#of = of
  }

  commit(writes: readonly RecordWrite[]): number {
    this.#disk.planFlush()
    this.#disk.writes += writes.length
    const batch = this.#inner.commit(writes)
    this.#disk.note(this.#of.worker, `commits ${batch}`, writes)
    return batch
  }

  scan(range: ScanRange, visit: (key: StoreKey, value: Uint8Array) => void): Promise<void> {
    return this.#disk.read(this.#inner, range, (key, value) => {
      if (this.#of.isAlive()) visit(key, value)
    })
  }

  listen(listener: StoreListener): void {
    this.#inner.listen({
      onBatch: (batch: number, outcome: BatchOutcome) => {
        this.#disk.note(this.#of.worker, `hears of ${batch}: ${outcome.ok ? 'flushed' : outcome.reason}`)
        if (outcome.ok) this.#disk.noteWritten(this.#of.wallMs())
        if (this.#of.isAlive()) listener.onBatch(batch, outcome)
      },
    })
  }
}
