/**
 * Hosts a worker core on a thread: real clock, wheel of timers, bus, store, listeners. One *tick* ends every turn in
 * which anything ran: bus messages to this worker are handled, the shard's batch and the bus batches are handed over.
 */
import type { MessagePort } from 'node:worker_threads'
import { createSecretBox } from '../directory/index.ts'
import type { BusMessage } from '../ports/bus.ts'
import type { FlowSink, TransportFlow } from '../ports/flows.ts'
import { RemoteStore } from '../store/index.ts'
import { flushList } from '../transport/index.ts'
import { Backlog } from './backlog.ts'
import { CauseBoard } from './cause-board.ts'
import { frameClock, Gathering, holdThread } from './gathering.ts'
import { collectAndWatch } from './heap-watch.ts'
import { Listeners } from './listeners.ts'
import { createLog, type RuntimeLog } from './log.ts'
import { MetricsRegistry } from './metrics.ts'
import { PoisonFolder } from './poison-folder.ts'
import { type BusOwner, PortBus } from './port-bus.ts'
import { ReadingAlong } from './reading-along.ts'
import { RealClock } from './real-clock.ts'
import { RealEntropy } from './real-entropy.ts'
import { renewSettings } from './renew-settings.ts'
import { KeyedSeals } from './seals.ts'
import { WheelTurns } from './wheel-turns.ts'
import { WorkSpans } from './work-spans.ts'
import { WorkerCore } from './worker-core.ts'
import { WorkerHttp } from './worker-http.ts'
import { WorkerLinks } from './worker-links.ts'
import { publishLoad, TurnCounts } from './worker-load.ts'
import { pressureOfThread, type WorkerPressure } from './worker-pressure.ts'
import type {
  FromShardWorker,
  LinkTrustFiles,
  LiveSettings,
  ShardWorkerData,
  TlsMaterial,
  ToShardWorker,
} from './worker-protocol.ts'
import { WorkerSignIn } from './worker-sign-in.ts'

/** While nothing waits any more, a draining worker looks again this often. */
const drainPollMs = 20
/** A dying worker closes its listeners within this time, or ends without. */
const closeDeadlineMs = 2_000

type PeerMessage = ToShardWorker & { readonly kind: 'peer' }

export class WorkerHost implements BusOwner, FlowSink {
  readonly #data: ShardWorkerData
  readonly #main: MessagePort
  readonly #log: RuntimeLog
  readonly #metrics = new MetricsRegistry()
  readonly #clock: RealClock
  readonly #wheel: WheelTurns
  readonly #bus: PortBus
  readonly #backlog: Backlog<BusMessage>
  readonly #pressure: WorkerPressure
  readonly #gathering: Gathering
  readonly #turns = new TurnCounts(this.#metrics)
  readonly #spans = new WorkSpans(this.#metrics, () => performance.now())
  readonly #store: RemoteStore
  readonly #core: WorkerCore
  /** Null where this server is alone. */
  readonly #links: WorkerLinks | null
  readonly #signIn: WorkerSignIn
  readonly #listeners: Listeners
  readonly #readers: ReadingAlong
  /** Its values change with the configuration. */
  readonly #web: ShardWorkerData['web']
  readonly #http: WorkerHttp
  /** Null once the shard has read its users. */
  #earlyPeers: PeerMessage[] | null = []
  #tickScheduled = false
  /** The timers have been looked at since the last tick. */
  #isTurnOver = false
  #isDying = false
  #restScheduled = false

  constructor(data: ShardWorkerData, main: MessagePort) {
    const { worker, workersCount } = data
    this.#data = data
    this.#web = { ...data.web }
    this.#main = main
    this.#log = createLog({ ...data.log, fields: { worker } })
    this.#clock = new RealClock(data.steadyClock)
    const monotonicMs = () => this.#clock.monotonicMs()
    this.#backlog = new Backlog(monotonicMs)
    this.#gathering = new Gathering(data.gatherMs, frameClock(worker, workersCount, data.gatherMs), holdThread())
    this.#pressure = this.#makePressure()
    this.#wheel = this.#makeWheel(monotonicMs)
    this.#bus = new PortBus(data, this.#spans.bus(this), this.#backlog)
    this.#store = new RemoteStore(data.storePort, this.#clock)
    const entropy = new RealEntropy()
    this.#links = this.#makeLinks(entropy)
    this.#readers = this.#makeReaders(monotonicMs)
    const signInPorts = { clock: this.#clock, log: this.#log, onWork: () => this.#onWork() }
    this.#signIn = new WorkerSignIn(data.signIn, { ...signInPorts, tell: (note) => this.#tell(note) })
    this.#core = new WorkerCore(
      {
        bus: this.#bus,
        clock: this.#clock,
        timers: this.#wheel,
        entropy,
        seals: new KeyedSeals(data.sealKey),
        secretBox: createSecretBox(data.ha1Key, entropy),
        store: this.#store,
        log: this.#log,
        metrics: this.#metrics,
        pressure: this.#pressure,
        taps: this.#readers,
        causes: new CauseBoard(data.causeBoard, new PoisonFolder(data.poisonFolder)),
        ...(this.#links ? { links: this.#links } : {}),
        ...this.#signIn.corePorts,
      },
      data.settings,
    )
    this.#http = new WorkerHttp(this.#core.xcap, this.#web, (message) => this.#tell(message))
    const sink = this.#readers.recorded(this.#spans.flows(this))
    this.#listeners = new Listeners({
      worker,
      workersCount,
      tls: data.tls,
      web: this.#web,
      sink: this.#links?.gate(sink) ?? sink,
      linkAuthorities: () => this.#links?.authorities ?? null,
      linkSink: this.#links?.gateOfLinks() ?? sink,
      http: (request) => this.#http.onRequest(request),
      log: this.#log,
      metrics: this.#metrics,
      handOver: (owner, listener, remoteAddress, remotePort, bytes) =>
        this.#bus.send(owner, { kind: 'datagram', listener, remoteAddress, remotePort, bytes }),
    })
    main.on('message', (message: ToShardWorker) => this.#onMain(message))
  }

  async start(): Promise<void> {
    await this.#links?.load()
    await this.#signIn.load(() => this.#core.edge.onClientTrust())
    await this.#core.load()
    collectAndWatch(this.#metrics)
    const early = this.#earlyPeers ?? []
    this.#earlyPeers = null
    for (const peer of early) this.#connect(peer)
    this.#wheel.start()
    flushList.onFlushed = () => this.#scheduleRest()
    this.#tell({ kind: 'loaded' })
  }

  #makeReaders(monotonicMs: () => number): ReadingAlong {
    return new ReadingAlong(this.#data, {
      monotonicMs,
      metrics: this.#metrics,
      tell: (message) => this.#tell(message),
      onFault: (error) => this.#log.write('error', 'runtime.tap-failed', { error: String(error) }),
    })
  }

  #makeLinks(entropy: RealEntropy): WorkerLinks | null {
    const { links, settings, tls } = this.#data
    if (!links || !settings.topology || !tls) return null
    return new WorkerLinks(links, settings.topology.topology, tls, {
      clock: this.#clock,
      timers: this.#wheel,
      entropy,
      log: this.#log,
      metrics: this.#metrics,
      onWork: () => this.#onWork(),
      pressure: this.#pressure,
      busyAfterMs: () => settings.edge.limits.busyAfterMs,
    })
  }

  onBusMessage(message: BusMessage): void {
    if (this.#isDying) return
    if (message.kind === 'datagram') {
      const { listener, remoteAddress, remotePort, bytes } = message
      this.#listeners.inject(listener, remoteAddress, remotePort, Buffer.from(bytes))
    } else this.#core.receive(message)
  }

  onBusWork(): void {
    this.#onWork()
  }

  onFlowOpened(flow: TransportFlow): void {
    this.#core.edge.onFlowOpened(flow)
  }

  onFlowMessage(flow: TransportFlow, bytes: Buffer): void {
    if (this.#isDying) return
    this.#core.edge.onFlowMessage(flow, bytes)
  }

  onFlowFault(flow: TransportFlow, event: string, head: Buffer | null): void {
    this.#core.edge.onFlowFault(flow, event, head)
  }

  onFlowClosed(flow: TransportFlow, reason: string): void {
    this.#core.edge.onFlowClosed(flow, reason)
    this.#onWork()
  }

  /** Something was done, of which more may be due soon. */
  #onWork(): void {
    this.#wheel.soon()
    this.#scheduleTick()
  }

  #scheduleTick(): void {
    if (this.#tickScheduled) return
    this.#tickScheduled = true
    setImmediate(() => this.#tick())
  }

  #tick(): void {
    this.#tickScheduled = false
    if (this.#isDying) return
    this.#bus.flush(this.#isTurnOver)
    this.#isTurnOver = false
    this.#spans.run('turn-ends', () => this.#core.endTick())
    this.#links?.flush()
    this.#scheduleRest()
    // What the batch released at once (nothing to wait for) may have made bus messages again; they set the next tick.
  }

  /** After what the tick has written is on its way: writes of a turn are joined in an immediate of their own. */
  #scheduleRest(): void {
    if (this.#restScheduled) return
    this.#restScheduled = true
    setImmediate(() => {
      this.#restScheduled = false
      // More has come in while the writes were made: it belongs to this turn.
      if (this.#tickScheduled || this.#isDying) return
      this.#turns.count(this.#gathering.rest())
    })
  }

  #makePressure(): WorkerPressure {
    return pressureOfThread(this.#data.settings, this.#metrics, {
      backlog: this.#backlog,
      restedMs: () => this.#gathering.restedMs,
      flows: () => this.#listeners.memory,
      queues: () => ({ ...this.#core.waiting, bus: this.#bus.waitingCount, links: this.#links?.waitingCount ?? 0 }),
    })
  }

  #makeWheel(monotonicMs: () => number): WheelTurns {
    return new WheelTurns({
      monotonicMs,
      restedMs: () => this.#gathering.restedMs,
      onLook: (lateMs) => this.#pressure.look(lateMs),
      run: (timers) => this.#spans.run('timers', timers),
      onTurn: () => {
        this.#isTurnOver = true
        this.#scheduleTick()
      },
    })
  }

  #onMain(message: ToShardWorker): void {
    switch (message.kind) {
      case 'peer':
        return this.#onPeer(message)
      case 'peer-gone':
        return this.#onPeerGone(message.worker)
      case 'listen':
        return void this.#listen(message.endpoints)
      case 'metrics':
        publishLoad(this.#core, this.#pressure, this.#metrics, this.#data.worker)
        return this.#tell({ kind: 'metrics', ask: message.ask, samples: this.#metrics.snapshot() })
      case 'links':
        return this.#tell({ kind: 'links', ask: message.ask, links: this.#links?.status() ?? [] })
      case 'reload-tls':
        return this.#reloadTls(message.tls)
      case 'reload-link-trust':
        return void this.#reloadLinkTrust(message.files)
      case 'renew':
        return this.#renew(message.ask, message.settings)
      case 'record':
        return this.#readers.record(message.key)
      case 'trace':
        return this.#readers.trace(message)
      case 'http-answer':
        return this.#http.onAnswer(message)
      case 'ping':
        return this.#tell({ kind: 'pong' })
      case 'drain':
        return void this.#drain()
      case 'stop':
        return void this.#stop()
    }
  }

  /** Files that cannot be used leave what is shown now. */
  #reloadTls(tls: TlsMaterial): void {
    try {
      this.#listeners.reloadTls(tls)
      this.#links?.setCertificate(tls)
    } catch (error) {
      this.#log.write('error', 'certificates.refused', { error: String(error) })
    }
  }

  async #reloadLinkTrust(files: LinkTrustFiles): Promise<void> {
    const authorities = await this.#links?.reload(files)
    if (authorities) this.#listeners.setLinkAuthorities(authorities)
  }

  #renew(ask: number, { core, logLevel, web }: LiveSettings): void {
    this.#log.setLevel(logLevel)
    renewSettings(this.#web, web)
    this.#listeners.allowOrigins(this.#web.allowedOrigins)
    this.#core.renew(core, () => this.#tell({ kind: 'renewed', ask }))
    const { topology } = this.#data.settings
    if (topology) this.#links?.setTopology(topology.topology)
    this.#onWork()
  }

  /** Until the shard has read its users nothing may reach it: what peers post waits in their ports. */
  #onPeer(message: PeerMessage): void {
    if (this.#earlyPeers) this.#earlyPeers.push(message)
    else this.#connect(message)
  }

  #onPeerGone(worker: number): void {
    this.#bus.disconnect(worker)
    this.#core.onWorkerGone(worker)
    this.#onWork()
  }

  #connect({ worker, incarnation, port }: PeerMessage): void {
    this.#bus.connect(worker, incarnation, port)
    if (incarnation > 1 && worker < this.#data.workersCount) this.#core.onShardRestarted(worker)
  }

  async #listen(endpoints: ShardWorkerData['endpoints']): Promise<void> {
    try {
      const places = await this.#listeners.open(endpoints)
      if (this.#core.routes) this.#links?.start(this.#core.routes)
      this.#tell({ kind: 'listening', places })
    } catch (error) {
      await this.#closeListeners()
      this.#tell({ kind: 'listen-failed', message: error instanceof Error ? error.message : String(error) })
    }
  }

  async #drain(): Promise<void> {
    this.#http.drain()
    this.#core.edge.drain()
    const timer = setInterval(() => {
      const { edge, xcap } = this.#core
      if (edge.soonAnsweredCount + xcap.waitingCount + this.#store.pendingCount > 0) return
      clearInterval(timer)
      this.#tell({ kind: 'drained' })
    }, drainPollMs)
  }

  /**
   * An exception outside a unit of work: this thread's state can no longer be trusted, so nothing more is done with it.
   * Listeners are closed first, since an open uWebSockets.js app turns the end of its thread into the end of the
   * process.
   */
  async die(error: unknown): Promise<void> {
    if (this.#isDying) return
    this.#isDying = true
    this.#wheel.stop()
    this.#bus.close()
    this.#links?.close()
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#log.write('error', 'runtime.worker-died', { error: text })
    await this.#closeListeners()
    process.exit(1)
  }

  /** Whatever happens, within a time after which the thread may end without. */
  async #closeListeners(): Promise<void> {
    const late = Promise.withResolvers<void>()
    const deadline = setTimeout(late.resolve, closeDeadlineMs)
    await Promise.race([this.#listeners.close().catch(() => undefined), late.promise])
    clearTimeout(deadline)
  }

  async #stop(): Promise<void> {
    this.#readers.stop()
    this.#wheel.stop()
    await this.#listeners.close()
    this.#isTurnOver = true
    this.#tick()
    this.#signIn.close()
    this.#links?.close()
    this.#bus.close()
    this.#store.close()
    this.#main.close()
  }

  #tell(message: FromShardWorker): void {
    this.#main.postMessage(message)
  }
}
