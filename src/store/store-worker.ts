/**
 * Both ends of the conversation between main and the store thread. `runStoreWorker` is the thread (its entry is
 * `workers/store.ts`); `StoreWorker` is main's handle on it: open, attach workers, stop. The folder's lock is main's.
 * Copies are made by whoever reads the environment (`backup.ts`).
 */
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import type { Manifest } from '../ports/records/manifest.ts'
import type { StoreFault, StoreResult } from './faults.ts'
import { FlushPace } from './flush-pace.ts'
import { type OpenStoreOptions, openStore } from './open-store.ts'
import { type StoreCounts, type StoreEvent, StoreThread } from './store-thread.ts'

/** `workerData` of the thread. */
export interface StoreWorkerData extends Pick<OpenStoreOptions, 'dataFolder' | 'create'> {
  /** Emulates a slower disk: see `flush-pace.ts`. */
  readonly emulatedFlushMs?: readonly number[]
}

type ToWorker =
  | { readonly kind: 'attach'; readonly port: MessagePort; readonly worker: number; readonly incarnation: number }
  | { readonly kind: 'ping' }
  | { readonly kind: 'stop' }

type FromWorker =
  | { readonly kind: 'ready'; readonly ready: StoreReady }
  | { readonly kind: 'unusable'; readonly fault: StoreFault }
  | { readonly kind: 'quarantined'; readonly key: string; readonly reason: string }
  | { readonly kind: 'event'; readonly event: StoreEvent }
  | { readonly kind: 'pong'; readonly counts: StoreCounts }
  | { readonly kind: 'stopped' }

export interface StoreReady {
  readonly manifest: Manifest
  readonly lastWrittenMs: number
  readonly recordsCount: number
  readonly quarantinedCount: number
}

/** The whole life of the store thread; resolves when it has been told to stop and everything is flushed. */
export async function runStoreWorker(main: MessagePort, data: StoreWorkerData): Promise<void> {
  const post = (message: FromWorker) => main.postMessage(message)
  const onQuarantined = (key: string, reason: string) => post({ kind: 'quarantined', key, reason })
  const { emulatedFlushMs, ...store } = data
  const opened = await openStore({ ...store, nowMs: Date.now(), onQuarantined })
  if (!opened.ok) return post({ kind: 'unusable', fault: opened.fault })
  const { disk, ...ready } = opened.value
  const onEvent = (event: StoreEvent) => post({ kind: 'event', event })
  const pace = emulatedFlushMs === undefined ? null : new FlushPace(emulatedFlushMs)
  const thread = new StoreThread({ disk, onEvent, nowMs: Date.now, pace })
  const stopped = Promise.withResolvers<void>()
  main.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'attach':
        thread.attach(message.port, message.worker, message.incarnation)
        break
      case 'ping':
        post({ kind: 'pong', counts: thread.counts })
        break
      case 'stop':
        void thread.stop().then(stopped.resolve)
    }
  })
  post({ kind: 'ready', ready })
  await stopped.promise
  post({ kind: 'stopped' })
  main.close()
}

export interface StoreWorkerListener {
  readonly onEvent: (event: StoreEvent) => void
  /** A record was set aside at start. */
  readonly onQuarantined: (key: string, reason: string) => void
  /** The thread has answered a `ping`. */
  readonly onPong?: () => void
}

/** Of its thread: records pass through it, and V8 would keep the room that the largest scan has needed. */
export const storeThread = { name: 'meridian store', resourceLimits: { maxYoungGenerationSizeMb: 12 } }

/** Main's handle. The caller makes the thread: `new Worker(workers/store.ts, { workerData })`. */
export class StoreWorker {
  readonly #worker: Worker
  readonly #listener: StoreWorkerListener
  readonly #opened = Promise.withResolvers<StoreResult<StoreReady>>()
  readonly #stopped = Promise.withResolvers<void>()
  /** It was told to stop, or has ended. */
  #ended = false
  #counts: StoreCounts = { commits: 0, records: 0, flushes: [], flushSeconds: 0 }

  constructor(worker: Worker, listener: StoreWorkerListener) {
    this.#worker = worker
    this.#listener = listener
    // The thread may end long after somebody asked, or before anybody did.
    this.#opened.promise.catch(() => undefined)
    worker.on('message', (message: FromWorker) => this.#onMessage(message))
    worker.on('error', (error) => this.#onEnd(error.message))
    worker.on('exit', () => this.#onEnd('it ended'))
  }

  /** What was found, or why the store cannot be used; rejects when the thread died on the way. */
  opened(): Promise<StoreResult<StoreReady>> {
    return this.#opened.promise
  }

  /** As of the last pong: the watchdog asks for one each second. */
  get counts(): StoreCounts {
    return this.#counts
  }

  /** The end of a channel that a worker makes its `RemoteStore` of. */
  attach(worker: number, incarnation: number): MessagePort {
    const { port1, port2 } = new MessageChannel()
    this.#post({ kind: 'attach', port: port1, worker, incarnation }, [port1])
    return port2
  }

  /** Answered by `onPong`, unless the thread hangs. */
  ping(): void {
    this.#post({ kind: 'ping' })
  }

  /** Resolves when all that workers handed over is flushed and the environment is closed. */
  stop(): Promise<void> {
    this.#ended = true
    this.#post({ kind: 'stop' })
    return this.#stopped.promise
  }

  #post(message: ToWorker, transfer: MessagePort[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #onMessage(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        this.#opened.resolve({ ok: true, value: message.ready })
        break
      case 'unusable':
        // Nothing was opened, so the thread's end is no news.
        this.#ended = true
        this.#opened.resolve({ ok: false, fault: message.fault })
        break
      case 'quarantined':
        this.#listener.onQuarantined(message.key, message.reason)
        break
      case 'event':
        this.#listener.onEvent(message.event)
        break
      case 'pong':
        this.#counts = message.counts
        this.#listener.onPong?.()
        break
      case 'stopped':
        this.#stopped.resolve()
    }
  }

  #onEnd(detail: string): void {
    this.#opened.reject(new Error(`store: the store thread died: ${detail}`))
    this.#stopped.resolve()
    if (!this.#ended) this.#listener.onEvent({ event: 'store.thread-died', detail })
    this.#ended = true
  }
}
