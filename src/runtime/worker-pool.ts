/**
 * The shard workers of a server, seen from main: starts them, joins each to each by a channel, restarts one that
 * ended with a new incarnation and a growing back-off, and asks them for metrics. The process goes on while at least
 * main lives.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { LinkStatus } from '../topology/index.ts'
import type { TraceOrder } from '../tracing/index.ts'
import { createCauseBoard, readCauseBoard } from './cause-board.ts'
import type { MetricSample } from './metrics.ts'
import { waitedMs } from './thread-wait.ts'
import { patience, WatchedThread } from './watchdog.ts'
import type { WorkerPoolOptions } from './worker-pool-options.ts'
import type {
  FromShardWorker,
  HttpAskOfMain,
  LinkTrustFiles,
  ListenEndpoint,
  ListeningPlace,
  LiveSettings,
  ShardWorkerData,
  TlsMaterial,
  ToShardWorker,
} from './worker-protocol.ts'

interface Slot {
  readonly worker: number
  incarnation: number
  thread: Worker | null
  watched: WatchedThread | null
  state: 'starting' | 'loaded' | 'listening' | 'down'
  failures: number
  upSinceMs: number
  readonly causeBoard: SharedArrayBuffer
}

const backoffMs = [100, 500, 2_000, 5_000, 15_000, 30_000] as const
/** A worker that ran this long has not failed at start. */
const steadyAfterMs = 60_000
const metricsDeadlineMs = 1_000
/** Live subscriptions are judged again in turns, while a worker serves. */
const renewDeadlineMs = 5_000
/** What closing the listeners may take of the time that a stop has. */
const closingMs = 1_500

/**
 * Three times what one half of it takes. V8 would let it grow to 96 after a burst, and resident memory would keep all
 * of that; a collection costs what is alive, so more room spares nothing that could be measured.
 */
const youngGenerationMb = 48

export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #slots: Slot[]
  readonly #asks = new Map<number, (samples: readonly MetricSample[]) => void>()
  readonly #linkAsks = new Map<number, (links: readonly LinkStatus[] | null) => void>()
  readonly #renewals = new Map<number, (isConfirmed: boolean) => void>()
  /** Main's end of the channel to each worker, for admin asks. */
  readonly #adminPorts = new Map<number, MessagePort>()
  #asksCount = 0
  #endpoints: readonly ListenEndpoint[] = []
  #places: readonly ListeningPlace[] = []
  /** All have listened once; from then on a worker that fails is started again. */
  #started = false
  #stopping = false
  #recordKey: Uint8Array | null = null
  #traced: { readonly revision: number; readonly orders: readonly TraceOrder[] } = { revision: 0, orders: [] }
  #waiters: (() => void)[] = []

  constructor(options: WorkerPoolOptions) {
    this.#options = options
    const slot = (worker: number): Slot => ({
      worker,
      incarnation: 0,
      thread: null,
      watched: null,
      state: 'down',
      failures: 0,
      upSinceMs: 0,
      causeBoard: createCauseBoard(),
    })
    this.#slots = Array.from({ length: options.workersCount }, (_, worker) => slot(worker))
  }

  /** For the watchdog: the workers that run, those that still read their users among them. */
  get watched(): readonly WatchedThread[] {
    return this.#slots.flatMap(({ watched }) => watched ?? [])
  }

  /** What a thread was doing when it was last heard of. */
  causeOf(watched: WatchedThread): string {
    const slot = this.#slots.find((each) => each.watched === watched)
    return slot ? readCauseBoard(slot.causeBoard) : ''
  }

  /** Every worker serves. */
  get isReady(): boolean {
    return this.#slots.every(({ state }) => state === 'listening')
  }

  get states(): readonly { worker: number; state: string; incarnation: number }[] {
    return this.#slots.map(({ worker, state, incarnation }) => ({ worker, state, incarnation }))
  }

  /** Called with main's end whenever a worker was (re)started. */
  onAdminPort: (worker: number, incarnation: number, port: MessagePort) => void = () => {}

  /** Starts all workers; resolves with where the first listens when all have read their users and listen. */
  async start(endpoints: readonly ListenEndpoint[]): Promise<readonly ListeningPlace[]> {
    for (const slot of this.#slots) this.#startWorker(slot)
    await this.#until(() => this.#slots.every(({ state }) => state === 'loaded'))
    // Free ports: the first worker chooses, the others join it there.
    this.#endpoints = endpoints
    const [first, ...others] = this.#slots
    if (!first) return []
    this.#tell(first, { kind: 'listen', endpoints })
    await this.#until(() => first.state === 'listening')
    this.#endpoints = endpoints.map((endpoint, index) => ({
      ...endpoint,
      port: this.#places[index]?.port ?? endpoint.port,
    }))
    for (const slot of others) this.#tell(slot, { kind: 'listen', endpoints: this.#endpoints })
    await this.#until(() => this.isReady)
    this.#started = true
    return this.#places
  }

  reloadTls(tls: TlsMaterial): void {
    for (const slot of this.#slots) this.#tell(slot, { kind: 'reload-tls', tls })
  }

  reloadLinkTrust(files: LinkTrustFiles): void {
    for (const slot of this.#slots) this.#tell(slot, { kind: 'reload-link-trust', files })
  }

  /** New values for all workers. Resolves with those that did not say in time that they follow them. */
  async renew(settings: LiveSettings): Promise<readonly number[]> {
    const running = this.#slots.filter(({ thread }) => thread !== null)
    const confirmed = await Promise.all(running.map((slot) => this.#askRenewal(slot, settings)))
    return running.filter((_, index) => !confirmed[index]).map(({ worker }) => worker)
  }

  /** Workers that start later record as well. Returns how many were told. */
  record(key: Uint8Array | null): number {
    this.#recordKey = key
    const running = this.#slots.filter(({ thread }) => thread !== null)
    for (const slot of running) this.#tell(slot, { kind: 'record', key })
    return running.length
  }

  /** Also for workers that start later. Returns the revision with which workers confirm. */
  trace(orders: readonly TraceOrder[]): number {
    this.#traced = { revision: this.#traced.revision + 1, orders }
    for (const slot of this.#slots) this.#tell(slot, { kind: 'trace', ...this.#traced })
    return this.#traced.revision
  }

  async metrics(): Promise<readonly (readonly MetricSample[])[]> {
    return Promise.all(this.#slots.filter(({ state }) => state !== 'down').map((slot) => this.#askMetrics(slot)))
  }

  /** How the links of each worker are; null: it runs and does not say. */
  async links(): Promise<readonly { readonly worker: number; readonly links: readonly LinkStatus[] | null }[]> {
    const limits = { deadlineMs: metricsDeadlineMs, silence: null }
    const running = this.#slots.filter(({ state }) => state !== 'down')
    const said = running.map((slot) => this.#ask(slot, this.#linkAsks, limits, (ask) => ({ kind: 'links', ask })))
    return (await Promise.all(said)).map((links, index) => ({ worker: running[index]!.worker, links }))
  }

  /** Answers what waits, then closes listeners and ends the threads; all of it within the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true
    const endMs = performance.now() + deadlineMs
    const threads = this.#slots.filter(({ thread }) => thread !== null)
    for (const slot of threads) this.#tell(slot, { kind: 'drain' })
    await this.#untilOr(
      () => threads.every(({ state, thread }) => state === 'down' || !thread || this.#drained.has(thread)),
      Math.max(0, deadlineMs - closingMs),
    )
    for (const slot of threads) this.#tell(slot, { kind: 'stop' })
    await this.#untilOr(() => threads.every(({ thread }) => thread === null), Math.max(0, endMs - performance.now()))
  }

  readonly #drained = new WeakSet<Worker>()

  #startWorker(slot: Slot): void {
    const { worker } = slot
    const { workersCount, entry, template, attachStore } = this.#options
    slot.incarnation++
    slot.state = 'starting'
    slot.upSinceMs = performance.now()
    const storePort = attachStore(worker, slot.incarnation)
    const { incarnation, causeBoard } = slot
    const data: ShardWorkerData = { ...template(), worker, incarnation, workersCount, storePort, causeBoard }
    const thread = new Worker(entry, {
      workerData: data,
      transferList: [storePort],
      name: `meridian shard ${worker}`,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    })
    slot.thread = thread
    slot.watched = new WatchedThread(`worker ${worker}`, patience.starting, () => this.#tell(slot, { kind: 'ping' }))
    thread.on('message', (message: FromShardWorker) => this.#onMessage(slot, thread, message))
    thread.on('error', (error) => this.#onError(slot, error))
    thread.on('exit', () => this.#onExit(slot, thread))
    this.#join(slot)
  }

  /** Channels to every other worker that runs, and to main. */
  #join(slot: Slot): void {
    for (const other of this.#slots) {
      if (other === slot || !other.thread) continue
      const { port1, port2 } = new MessageChannel()
      this.#tell(slot, { kind: 'peer', worker: other.worker, incarnation: other.incarnation, port: port1 }, [port1])
      this.#tell(other, { kind: 'peer', worker: slot.worker, incarnation: slot.incarnation, port: port2 }, [port2])
    }
    const { port1, port2 } = new MessageChannel()
    const main = this.#options.workersCount
    this.#tell(slot, { kind: 'peer', worker: main, incarnation: 1, port: port1 }, [port1])
    this.#adminPorts.set(slot.worker, port2)
    this.onAdminPort(slot.worker, slot.incarnation, port2)
  }

  #onMessage(slot: Slot, thread: Worker, message: FromShardWorker): void {
    switch (message.kind) {
      case 'begun':
        this.#onBegun(slot, message.threadFolder)
        break
      case 'loaded':
        slot.state = 'loaded'
        if (this.#recordKey !== null) this.#tell(slot, { kind: 'record', key: this.#recordKey })
        if (this.#traced.orders.length > 0) this.#tell(slot, { kind: 'trace', ...this.#traced })
        // A successor goes on where its predecessor listened.
        if (this.#places.length > 0) this.#tell(slot, { kind: 'listen', endpoints: this.#endpoints })
        break
      case 'listening':
        slot.state = 'listening'
        if (slot.watched) slot.watched.patienceTurns = patience.serving
        if (this.#places.length === 0) this.#places = message.places
        break
      case 'listen-failed':
        this.#onListenFailed(slot, thread, message.message)
        break
      case 'metrics':
        this.#asks.get(message.ask)?.(message.samples)
        break
      case 'links':
        this.#linkAsks.get(message.ask)?.(message.links)
        break
      case 'renewed':
        this.#renewals.get(message.ask)?.(true)
        break
      case 'pong':
        slot.watched?.answered()
        break
      case 'recorded':
        this.#options.onRecorded(message.rows)
        break
      case 'audit':
        this.#options.onAudit(message)
        break
      case 'record-ended':
        this.#options.onRecorded(null)
        break
      case 'traced':
        this.#options.onTraced(slot.worker, message)
        break
      case 'http-ask':
        void this.#answerHttp(slot, message.ask, message.request)
        break
      case 'drained':
        this.#drained.add(thread)
        break
    }
    this.#wake()
  }

  #onBegun({ watched }: Slot, threadFolder: string | null): void {
    if (watched && threadFolder !== null) watched.waitedMs = () => waitedMs(threadFolder)
  }

  /** The thread has closed what it had opened, so that its end is not the end of the process. */
  #onListenFailed({ worker }: Slot, thread: Worker, message: string): void {
    if (!this.#started) return this.#options.onFailedStart(message)
    this.#options.log.write('error', 'runtime.listen-failed', { worker, error: message })
    void thread.terminate()
  }

  async #answerHttp(slot: Slot, ask: number, request: HttpAskOfMain): Promise<void> {
    try {
      this.#tell(slot, { kind: 'http-answer', ask, ...(await this.#options.onHttpAsk(request)) })
    } catch (error) {
      this.#options.log.write('error', 'runtime.http-failed', { path: request.path, error: String(error) })
      this.#tell(slot, { kind: 'http-answer', ask, status: 500, headers: [], body: 'Internal Server Error\n' })
    }
  }

  #onError(slot: Slot, error: Error): void {
    this.#options.log.write('error', 'runtime.worker-failed', {
      worker: slot.worker,
      error: error.stack ?? error.message,
    })
    if (!this.#started) this.#options.onFailedStart(error.message)
  }

  #onExit(slot: Slot, thread: Worker): void {
    if (slot.thread !== thread) return
    slot.thread = null
    slot.watched = null
    slot.state = 'down'
    for (const other of this.#slots) this.#tell(other, { kind: 'peer-gone', worker: slot.worker })
    this.#wake()
    if (this.#stopping) return
    const ranMs = performance.now() - slot.upSinceMs
    slot.failures = ranMs > steadyAfterMs ? 1 : slot.failures + 1
    const delayMs = backoffMs[Math.min(slot.failures, backoffMs.length) - 1] as number
    this.#options.log.write('warn', 'runtime.worker-restarts', {
      worker: slot.worker,
      delayMs,
      ranMs: Math.round(ranMs),
    })
    setTimeout(() => {
      if (!this.#stopping) this.#startWorker(slot)
    }, delayMs)
  }

  #askRenewal(slot: Slot, settings: LiveSettings): Promise<boolean> {
    return this.#ask(slot, this.#renewals, { deadlineMs: renewDeadlineMs, silence: false }, (ask) => {
      return { kind: 'renew', ask, settings }
    })
  }

  #askMetrics(slot: Slot): Promise<readonly MetricSample[]> {
    const silence: readonly MetricSample[] = []
    return this.#ask(slot, this.#asks, { deadlineMs: metricsDeadlineMs, silence }, (ask) => ({ kind: 'metrics', ask }))
  }

  /** A worker that does not answer within the deadline is taken to have said `silence`. */
  #ask<Answer>(
    slot: Slot,
    waiting: Map<number, (answer: Answer) => void>,
    { deadlineMs, silence }: { readonly deadlineMs: number; readonly silence: Answer },
    question: (ask: number) => ToShardWorker,
  ): Promise<Answer> {
    const ask = ++this.#asksCount
    return new Promise((resolve) => {
      const timer = setTimeout(() => finish(silence), deadlineMs)
      const finish = (answer: Answer) => {
        clearTimeout(timer)
        waiting.delete(ask)
        resolve(answer)
      }
      waiting.set(ask, finish)
      this.#tell(slot, question(ask))
    })
  }

  #tell(slot: Slot, message: ToShardWorker, transfer: MessagePort[] = []): void {
    slot.thread?.postMessage(message, transfer)
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiters.push(resolve))
  }

  async #untilOr(condition: () => boolean, deadlineMs: number): Promise<void> {
    const timer = setTimeout(() => {
      deadlinePassed = true
      this.#wake()
    }, deadlineMs)
    let deadlinePassed = false
    await this.#until(() => deadlinePassed || condition())
    clearTimeout(timer)
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }
}
