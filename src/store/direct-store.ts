/**
 * The store for commands that run while no server does: takes the folder's lock, opens the environment, reads and
 * writes with flush, in this thread. The same path as the server's: a store thread's logic at the other end of a
 * channel.
 */
import { MessageChannel } from 'node:worker_threads'
import type { BatchOutcome, RecordWrite, ScanRange, Store, StoreKey, StoreListener } from '../ports/store.ts'
import type { StoreResult } from './faults.ts'
import type { LmdbDisk } from './lmdb-disk.ts'
import { type DataFolderLock, lockDataFolder } from './lock.ts'
import { type OpenedStore, type OpenStoreOptions, openStoreUnexamined } from './open-store.ts'
import { RemoteStore } from './remote-store.ts'
import { StoreThread } from './store-thread.ts'

export interface DirectStoreOptions extends Omit<OpenStoreOptions, 'nowMs'> {
  /** Named in the message to whoever finds the folder locked: the command. */
  readonly holder: string
  readonly nowMs: () => number
}

export class DirectStore implements Store {
  readonly opened: OpenedStore
  readonly #lock: DataFolderLock
  readonly #thread: StoreThread
  readonly #remote: RemoteStore
  readonly #waiting = new Map<number, (outcome: BatchOutcome) => void>()
  #listener: StoreListener | null = null

  private constructor(opened: OpenedStore, lock: DataFolderLock, options: DirectStoreOptions) {
    this.opened = opened
    this.#lock = lock
    // Every batch of a command is awaited: its outcome says what an event would.
    this.#thread = new StoreThread({ disk: opened.disk, onEvent: () => undefined, nowMs: options.nowMs })
    const { port1, port2 } = new MessageChannel()
    this.#thread.attach(port1, -1, 0)
    this.#remote = new RemoteStore(port2)
    this.#remote.listen({ onBatch: (batch, outcome) => this.#onBatch(batch, outcome) })
  }

  static async open(options: DirectStoreOptions): Promise<StoreResult<DirectStore>> {
    const locked = lockDataFolder(options.dataFolder, options.holder, options.nowMs())
    if (!locked.ok) return locked
    const opened = await openStoreUnexamined({ ...options, nowMs: options.nowMs() })
    if (opened.ok) return { ok: true, value: new DirectStore(opened.value, locked.value, options) }
    locked.value.release()
    return opened
  }

  /** For `check`, `stats`, `show` and `backup`. */
  get disk(): LmdbDisk {
    return this.opened.disk
  }

  commit(writes: readonly RecordWrite[]): number {
    return this.#remote.commit(writes)
  }

  /** The outcome of one batch, once it is flushed or refused. */
  commitFlushed(writes: readonly RecordWrite[]): Promise<BatchOutcome> {
    return new Promise((resolve) => this.#waiting.set(this.#remote.commit(writes), resolve))
  }

  scan(range: ScanRange, visit: (key: StoreKey, value: Uint8Array) => void): Promise<void> {
    return this.#remote.scan(range, visit)
  }

  listen(listener: StoreListener): void {
    this.#listener = listener
  }

  /** Waits for what was handed over, closes the environment and gives the folder up. */
  async close(): Promise<void> {
    while (this.#remote.pendingCount > 0) await this.#thread.nextTurn()
    await this.#thread.stop()
    this.#remote.close()
    this.#lock.release()
  }

  #onBatch(batch: number, outcome: BatchOutcome): void {
    this.#listener?.onBatch(batch, outcome)
    this.#waiting.get(batch)?.(outcome)
    this.#waiting.delete(batch)
  }
}
