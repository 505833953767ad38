/**
 * The worker's side of the store thread: numbers batches, hands each over in one post, hears outcomes in order. A
 * deadline for the outcome is the caller's. Its counterpart is `store-thread.ts`.
 */
import assert from 'node:assert/strict'
import type { MessagePort } from 'node:worker_threads'
import type { Clock } from '../ports/clock.ts'
import type { RecordWrite, ScanRange, Store, StoreKey, StoreListener } from '../ports/store.ts'
import { checkWrites } from './check-writes.ts'
import { packWrites, unpackRecords } from './packed-records.ts'
import type { FromStoreThread, ToStoreThread } from './store-protocol.ts'

const gone = 'the store thread is gone'

interface Reading {
  readonly visit: (key: StoreKey, value: Uint8Array) => void
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

export class RemoteStore implements Store {
  readonly #port: MessagePort
  readonly #clock: Pick<Clock, 'wallMs'> | null
  readonly #readings = new Map<number, Reading>()
  #listener: StoreListener | null = null
  #batchesCount = 0
  #heardBatch = 0
  #scansCount = 0
  #closed = false
  /** Closed by its owner, who wants to hear nothing more. */
  #left = false

  /** `port` comes from `StoreThread.attach`. With a clock the store notes when it was last written. */
  constructor(port: MessagePort, clock: Pick<Clock, 'wallMs'> | null = null) {
    this.#port = port
    this.#clock = clock
    port.on('message', (message: FromStoreThread) => this.#onMessage(message))
    port.on('close', () => this.#onClose())
  }

  /** Batches handed over whose outcome has not been heard. */
  get pendingCount(): number {
    return this.#batchesCount - this.#heardBatch
  }

  commit(writes: readonly RecordWrite[]): number {
    const fault = checkWrites(writes)
    assert(fault === null, `store: ${fault}`)
    this.#batchesCount++
    // Later, as every outcome: the caller has not noted yet what waits for it.
    if (this.#closed) setImmediate(() => this.#failPending())
    const packed = packWrites(writes)
    const atMs = this.#clock === null ? 0 : Math.floor(this.#clock.wallMs())
    const batch = this.#batchesCount
    this.#post({ kind: 'batch', batch, heardBatch: this.#heardBatch, atMs, writes: packed }, [packed])
    return batch
  }

  /** Rejects only when the store thread is gone, or the environment cannot be read. */
  scan(range: ScanRange, visit: (key: StoreKey, value: Uint8Array) => void): Promise<void> {
    this.#scansCount++
    const scan = this.#scansCount
    if (this.#closed) return Promise.reject(new Error(`store: ${gone}`))
    return new Promise((resolve, reject) => {
      this.#readings.set(scan, { visit, resolve, reject })
      this.#post({ kind: 'scan', scan, range })
    })
  }

  listen(listener: StoreListener): void {
    this.#listener = listener
  }

  /** Ends the connection. What was handed over is still written. */
  close(): void {
    this.#left = true
    this.#port.close()
  }

  #post(message: ToStoreThread, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer)
  }

  #onMessage(message: FromStoreThread): void {
    switch (message.kind) {
      case 'outcomes':
        for (const [index, outcome] of message.outcomes.entries()) this.#onOutcome(message.firstBatch + index, outcome)
        break
      case 'chunk':
        this.#onChunk(message)
        break
      case 'scan-failed':
        this.#endReading(message.scan, message.detail)
    }
  }

  #onOutcome(batch: number, outcome: Parameters<StoreListener['onBatch']>[1]): void {
    assert(batch === this.#heardBatch + 1, `store: outcome of batch ${batch} behind ${this.#heardBatch}`)
    this.#heardBatch = batch
    this.#listener?.onBatch(batch, outcome)
  }

  #onChunk({ scan, records, last }: Extract<FromStoreThread, { kind: 'chunk' }>): void {
    const reading = this.#readings.get(scan)
    if (reading === undefined) return
    try {
      for (const { key, value } of unpackRecords(records)) if (value !== null) reading.visit(key.toString(), value)
    } catch (error) {
      this.#endReading(scan, error instanceof Error ? error.message : String(error))
      return
    }
    if (!last) this.#post({ kind: 'confirm', scan })
    else if (this.#readings.delete(scan)) reading.resolve()
  }

  #endReading(scan: number, detail: string): void {
    this.#readings.get(scan)?.reject(new Error(`store: reading ended: ${detail}`))
    this.#readings.delete(scan)
  }

  #onClose(): void {
    this.#closed = true
    for (const scan of [...this.#readings.keys()]) this.#endReading(scan, gone)
    this.#failPending()
  }

  /** Written or not, nobody will tell: as after a flush that failed. */
  #failPending(): void {
    if (this.#left) return
    while (this.#heardBatch < this.#batchesCount) {
      this.#onOutcome(this.#heardBatch + 1, { ok: false, reason: 'failed', detail: gone })
    }
  }
}
