/**
 * A whole server of n workers in one thread, over a memory disk, virtual time and wires that the test holds in its
 * hands. Everything is done when `settle` returns; time passes only by `advance`. Clients are in `wire-client.ts`.
 */
import type { Config } from '../../src/config/index.ts'
import { createSecretBox } from '../../src/directory/index.ts'
import type {
  AdminReply,
  AdminRequest,
  PolicyReply,
  PolicyRequest,
  PresenceReply,
  PresenceRequest,
} from '../../src/ports/admin.ts'
import type { Bus, BusMessage, ReplyAddress } from '../../src/ports/bus.ts'
import type {
  DirectoryAnswerMessage,
  DirectoryAskMessage,
  HomeAnswerMessage,
  HomeAskMessage,
} from '../../src/ports/directory-bus.ts'
import type { Links } from '../../src/ports/links.ts'
import type { LogFields } from '../../src/ports/log.ts'
import type { MoveReply, MoveRequest, UserMovedMessage } from '../../src/ports/move-bus.ts'
import type { Pressure } from '../../src/ports/pressure.ts'
import { serverOwner } from '../../src/ports/records/manifest.ts'
import type { Seals } from '../../src/ports/seals.ts'
import { shardOf } from '../../src/ports/sharding.ts'
import type { WireTaps } from '../../src/ports/wire-tap.ts'
import { type CoreSettings, KeyedSeals, MetricsRegistry, TimerWheel, WorkerCore } from '../../src/runtime/index.ts'
import { type MetricLabels, type MetricSample, mergeSnapshots } from '../../src/runtime/metrics.ts'
import { coreSettings } from '../../src/server/core-settings.ts'
import { computeHa1 } from '../../src/sip/digest/compute.ts'
import { type Aor, aorUser, parseAor } from '../../src/sip/uri/aor.ts'
import { MemoryDisk } from '../../src/store/index.ts'
import type { RoutesSettings } from '../../src/topology/index.ts'
import { CountingEntropy, WorldClock } from './world-clock.ts'
import { worldFacts as facts } from './world-facts.ts'
import { worldSettings } from './world-settings.ts'

export { CountingEntropy, startOfTimeMs, WorldClock } from './world-clock.ts'

export interface WorldOptions {
  readonly workers?: number
  readonly users?: readonly string[]
  /** Changes to the settings that `world-settings.ts` gives. */
  readonly change?: (settings: CoreSettings) => CoreSettings
  /** A disk that an earlier world left: a restart. */
  readonly disk?: MemoryDisk
  /** A port of every worker in place of the usual one: to plant a fault. */
  readonly seals?: (usual: Seals) => Seals
  /** How far behind every worker says that it is. */
  readonly pressure?: Pressure
  readonly taps?: (worker: number) => WireTaps
  /** As main says whether an address is a user of a directory; without it accounts are the server's own. */
  readonly answerUser?: AnswerUser
  /** One of several servers, which share clock and entropy and are settled together. */
  readonly among?: ServersAround
}

export type AnswerUser = (ask: DirectoryAskMessage) => DirectoryAnswerMessage['outcome']

export type AnswerHome = (ask: HomeAskMessage) => Pick<HomeAnswerMessage, 'outcome' | 'server'>

/** The other servers of a topology (`topology-world.ts`). */
export interface ServersAround {
  readonly clock: WorldClock
  readonly entropy: CountingEntropy
  /** Differs between servers: none can read another's tokens. */
  readonly sealKey: Buffer
  settle(): void
  advance(ms: number): void
  /** As main says whose home is which server by a directory; null: there is none. */
  readonly answerHome: AnswerHome | null
  links(worker: number): Links
  topology(bootId: string): RoutesSettings
}

interface NewAccount {
  readonly password?: string
  readonly aliases?: readonly string[]
  readonly groups?: readonly string[]
}

export interface LoggedEvent {
  readonly event: string
  readonly fields: LogFields | undefined
}

export class ServerWorld {
  readonly clock: WorldClock
  readonly entropy: CountingEntropy
  readonly workersCount: number
  readonly cores: WorkerCore[] = []
  readonly log: LoggedEvent[] = []
  readonly #options: WorldOptions
  readonly #wheels: TimerWheel[] = []
  readonly #metrics: MetricsRegistry[] = []
  readonly #queues: BusMessage[][] = []
  #later: (() => void)[] = []
  readonly #adminReplies = new Map<number, AdminReply>()
  readonly #policyReplies = new Map<number, PolicyReply>()
  readonly #moveReplies = new Map<number, MoveReply>()
  readonly #presenceReplies = new Map<number, PresenceReply>()
  readonly #homes = new Map<number, HomeAnswerMessage>()
  /** What main has heard of moves. */
  readonly moved: UserMovedMessage[] = []
  #incarnations: number[] = []
  bootId = ''
  #adminCount = 0
  #acceptedCount = 0
  disk: MemoryDisk
  /** Workers that are dead and not yet restarted: asks to them are refused, facts wait. */
  readonly down = new Set<number>()
  /** Bus messages that get lost on their way: a worker that hangs, or died with them. */
  loses: (message: BusMessage, to: number) => boolean = () => false

  private constructor(options: WorldOptions, from: ServerWorld | null) {
    this.#options = options
    this.workersCount = options.workers ?? 1
    this.clock = from?.clock ?? options.among?.clock ?? new WorldClock()
    this.entropy = from?.entropy ?? options.among?.entropy ?? new CountingEntropy()
    this.disk = options.disk ?? new MemoryDisk()
    this.disk.autoFlush = true
  }

  static async start(options: WorldOptions = {}): Promise<ServerWorld> {
    const world = new ServerWorld(options, null)
    await world.#boot()
    for (const name of options.users ?? ['alice', 'bob']) world.addUser(name)
    return world
  }

  /** The server was killed: what was not flushed is gone, flows are gone, clients must connect to the new world. */
  async restart(workers = this.workersCount): Promise<ServerWorld> {
    const next = new ServerWorld({ ...this.#options, workers, disk: this.disk.crash() }, this)
    await next.#boot()
    return next
  }

  /** One worker dies: the others hear so, its flows are the caller's to close. */
  killWorker(worker: number): void {
    this.down.add(worker)
    for (const [other, core] of this.cores.entries()) if (other !== worker) core.onWorkerGone(worker)
    this.settle()
  }

  /** One worker dies and comes back with a new incarnation; its flows are the caller's to close before. */
  async restartWorker(worker: number): Promise<void> {
    this.#incarnations[worker] = (this.#incarnations[worker] ?? 0) + 1
    this.#queues[worker] = this.#queues[worker]!.filter(({ kind }) => facts.has(kind))
    this.#makeCore(worker)
    this.down.delete(worker)
    await this.cores[worker]?.load()
    for (const core of this.cores) if (core !== this.cores[worker]) core.onShardRestarted(worker)
    this.settle()
  }

  /** Stream connections go round the workers; UDP peers belong to one, as the runtime has it. */
  nextWorker(): number {
    return this.#acceptedCount++ % this.workersCount
  }

  /** What a client does in answer to the server: not inside the server's own turn. */
  later(act: () => void): void {
    this.#later.push(act)
  }

  /** Handles everything that is under way, store included, until nothing moves. */
  settle(): void {
    if (this.#options.among) this.#options.among.settle()
    else while (this.step());
  }

  /** One round of all workers. False: nothing moved. */
  step(): boolean {
    let moved = false
    for (let worker = 0; worker < this.workersCount; worker++) {
      if (this.down.has(worker)) continue
      const messages = this.#queues[worker]!.splice(0)
      for (const message of messages) this.cores[worker]!.receive(message)
      this.cores[worker]!.endTick()
      moved ||= messages.length > 0
    }
    const later = this.#later.splice(0)
    for (const act of later) act()
    moved ||= later.length > 0
    const isWaiting = this.#queues.some((queue, worker) => queue.length > 0 && !this.down.has(worker))
    return this.disk.drain() > 0 || moved || isWaiting
  }

  /** Time passes in steps of the wheel, everything that falls due is handled. */
  advance(ms: number): void {
    if (this.#options.among) return this.#options.among.advance(ms)
    const untilMs = this.clock.nowMs + ms
    while (this.clock.nowMs < untilMs) {
      this.clock.nowMs = Math.min(untilMs, Math.max(this.clock.nowMs + 1, this.nextDueMs()))
      this.turnWheels()
      this.settle()
    }
  }

  turnWheels(): void {
    for (const wheel of this.#turningWheels()) wheel.advance(this.clock.nowMs)
  }

  addUser(name: string, options: NewAccount = {}): AdminReply {
    const aor = aorOf(name)
    const password = options.password ?? passwordOf(name)
    const secrets = secretsOf(aor, password)
    const aliases = (options.aliases ?? []).map(aorOf)
    const { groups = [] } = options
    return this.admin(name, { act: 'add', displayName: '', aliases, groups, secrets, disabled: false })
  }

  admin(name: string, act: AdminRequest): AdminReply {
    const reply = this.askAdmin(name, act)()
    if (!reply) throw new Error(`no reply to ${act.act} ${name}`)
    return reply
  }

  /** For an act whose reply may take its time: asks, and gives what reads the reply, null while there is none. */
  askAdmin(name: string, act: AdminRequest): () => AdminReply | null {
    const aor = aorOf(name)
    const number = this.#ask(aor, (from) => ({ kind: 'admin', from, aor, act }))
    return () => this.#adminReplies.get(number) ?? null
  }

  /** An administrator's act on a user's rules, or (null) on the organisation's. */
  policy(name: string | null, act: PolicyRequest): PolicyReply {
    const reply = this.askPolicy(name, act)()
    if (!reply) throw new Error(`no reply to ${act.act} ${name}`)
    return reply
  }

  askPolicy(name: string | null, act: PolicyRequest): () => PolicyReply | null {
    const aor = name === null ? (serverOwner as Aor) : aorOf(name)
    const number = this.#ask(aor, (from) => ({ kind: 'policy-ask', from, aor, act }))
    return () => this.#policyReplies.get(number) ?? null
  }

  /** An administrator's act on what is shown of a user. */
  presence(name: string, act: PresenceRequest): PresenceReply {
    const aor = aorOf(name)
    const number = this.#ask(aor, (from) => ({ kind: 'presence-ask', from, aor, act }))
    const reply = this.#presenceReplies.get(number)
    if (!reply) throw new Error(`no reply to ${act.act} ${name}`)
    return reply
  }

  /** An administrator gives a user another home: asks, and gives what reads the reply, null while there is none. */
  askMove(name: string, act: MoveRequest): () => MoveReply | null {
    const aor = aorOf(name)
    const number = this.#ask(aor, (from) => ({ kind: 'move-ask', from, aor, act }))
    return () => this.#moveReplies.get(number) ?? null
  }

  askOtherHomes(name: string): Pick<HomeAnswerMessage, 'outcome' | 'server'> | null {
    const aor = aorOf(name)
    const number = this.#ask(aor, (from) => ({ kind: 'home-ask', from, aor, isAnew: true }))
    const { outcome, server } = this.#homes.get(number)!
    return { outcome, server }
  }

  /** The worker whose shard owns this user, or (null) what belongs to the server. */
  coreOf(name: string | null): WorkerCore {
    const aor = name === null ? serverOwner : aorOf(name)
    return this.cores[shardOf(aor, this.workersCount)]!
  }

  #ask(aor: Aor, message: (from: ReplyAddress) => BusMessage): number {
    const number = ++this.#adminCount
    const from = { worker: this.workersCount, incarnation: 1, half: 'main', number } as const
    this.#queues[shardOf(aor, this.workersCount)]!.push(message(from))
    this.settle()
    return number
  }

  /** Every worker takes over other settings; returns how many say that they follow them. */
  renew(config: Config): number {
    let followingCount = 0
    const settings = coreSettings(config, { realm: 'example.test', bootId: this.bootId, version: 'test' })
    for (const core of this.cores) core.renew(structuredClone(settings), () => followingCount++)
    this.settle()
    return followingCount
  }

  /** How often an event was logged. */
  logged(event: string): number {
    return this.log.filter((line) => line.event === event).length
  }

  /** One series over all workers, null where there is none; of a counter its `value`. */
  metric(name: string, labels: MetricLabels = {}): MetricSample | null {
    const merged = mergeSnapshots(this.#metrics.map((registry) => registry.snapshot()))
    const wanted = JSON.stringify(labels)
    return merged.find((sample) => sample.name === name && JSON.stringify(sample.labels) === wanted) ?? null
  }

  async #boot(): Promise<void> {
    this.bootId = this.entropy.word(8)
    this.#incarnations = Array.from({ length: this.workersCount }, () => 1)
    for (let worker = 0; worker < this.workersCount; worker++) {
      this.#queues[worker] = []
      this.#makeCore(worker)
    }
    for (const core of this.cores) await core.load()
  }

  #makeCore(worker: number): void {
    const incarnation = this.#incarnations[worker]!
    const { workersCount } = this
    const settings = worldSettings(this.bootId, this.#options.among?.topology(this.bootId) ?? null)
    const bus: Bus = { worker, incarnation, workersCount, send: (to, message) => this.#send(to, message) }
    const wheel = new TimerWheel(this.clock)
    const { among } = this.#options
    const usualSeals = new KeyedSeals(among?.sealKey ?? Buffer.alloc(32, 7))
    this.#wheels[worker] = wheel
    this.#metrics[worker] = new MetricsRegistry()
    this.cores[worker] = new WorkerCore(
      {
        bus,
        clock: this.clock,
        timers: wheel,
        entropy: this.entropy,
        seals: this.#options.seals?.(usualSeals) ?? usualSeals,
        secretBox: createSecretBox(among?.sealKey ?? Buffer.alloc(32, 8), this.entropy),
        store: this.disk.attach(worker, incarnation),
        ...(among && { links: among.links(worker) }),
        ...(this.#options.pressure && { pressure: this.#options.pressure }),
        ...(this.#options.taps && { taps: this.#options.taps(worker) }),
        log: { write: (_level, event, fields) => void this.log.push({ event, fields }) },
        metrics: this.#metrics[worker],
      },
      this.#options.change?.(settings) ?? { ...settings, asksDirectory: this.#options.answerUser !== undefined },
    )
  }

  #send(to: number, message: BusMessage): boolean {
    if (message.kind === 'admin-reply') this.#adminReplies.set(message.to.number, message.reply)
    else if (message.kind === 'policy-reply') this.#policyReplies.set(message.to.number, message.reply)
    else if (message.kind === 'move-reply' && message.to.half === 'main')
      this.#moveReplies.set(message.to.number, message.reply)
    else if (message.kind === 'presence-reply') this.#presenceReplies.set(message.to.number, message.reply)
    else if (message.kind === 'home-answer' && message.to.half === 'main') this.#homes.set(message.to.number, message)
    else if (message.kind === 'user-moved' && to === this.workersCount) this.moved.push(message)
    else if (message.kind === 'home-ask') return this.#answerHome(message)
    else if (message.kind === 'directory-ask') return this.#answerUser(message)
    else if (this.down.has(to) && !facts.has(message.kind)) return false
    else if (!this.loses(message, to)) this.#queues[to]?.push(message)
    return true
  }

  #answerHome(ask: HomeAskMessage): boolean {
    const { answerHome } = this.#options.among ?? { answerHome: null }
    if (!answerHome) return false
    const { from: to, aor } = ask
    this.#queues[to.worker]?.push({ kind: 'home-answer', to, aor, ...answerHome(ask) })
    return true
  }

  #answerUser(ask: DirectoryAskMessage): boolean {
    const { answerUser } = this.#options
    if (!answerUser) return false
    const { from: to, aor } = ask
    this.#queues[to.worker]?.push({ kind: 'directory-answer', to, aor, outcome: answerUser(ask), mainAor: null })
    return true
  }

  #turningWheels(): TimerWheel[] {
    return this.#wheels.filter((_, worker) => !this.down.has(worker))
  }

  nextDueMs(): number {
    return Math.min(...this.#turningWheels().map((wheel) => wheel.nextDueMs()))
  }
}

export function aorOf(name: string): Aor {
  const aor = parseAor(name.includes('@') ? `sip:${name}` : `sip:${name}@example.test`)
  if (!aor) throw new Error(`no name of a user: ${name}`)
  return aor
}

export function passwordOf(name: string): string {
  return `secret of ${name}`
}

export function secretsOf(aor: Aor, password: string): { md5: string; sha256: string } {
  const ha1 = (algorithm: 'MD5' | 'SHA-256') => computeHa1(algorithm, aorUser(aor), 'example.test', password)
  return { md5: ha1('MD5'), sha256: ha1('SHA-256') }
}
