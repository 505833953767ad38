/**
 * A shard: owns a part of the users on one worker. Runs units of work, carries out their effects in the one right order
 * (records, memory, what waits for the flush, what promises nothing), and reads users again whose batch failed.
 * What is done for a request is the services' business; who sends it is decided in `authenticate.ts`.
 */
import { type Cause, type FailureCounters, failureCounters, messageHash, type PoisonGuard } from '../guard/index.ts'
import type { BusMessage, ReplyAddress, RequestMessage } from '../ports/bus.ts'
import type { FlowId } from '../ports/flows.ts'
import type { Elsewhere } from '../ports/places.ts'
import { keyParts, userRange } from '../ports/records/keys.ts'
import { serverOwner } from '../ports/records/manifest.ts'
import { quarantinedOwner, quarantineOwner, quarantineRecord } from '../ports/records/quarantine.ts'
import { shardOf } from '../ports/sharding.ts'
import type { BatchOutcome, RecordWrite, Store, StoreListener } from '../ports/store.ts'
import { ownText } from '../sip/message/own-text.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { answerFlushed, makeAnswer, rejection } from './answer.ts'
import type { Authenticator } from './authenticate.ts'
import { FlushGate } from './flush-gate.ts'
import { askerOf, culpritOf, mayRoam, ownerOf } from './message-parts.ts'
import { operationId } from './operation-id.ts'
import type { Accounts, Culprit, Service, ShardHost } from './service.ts'
import type { ShardPorts } from './shard-ports.ts'
import { Unit } from './unit.ts'

const badMethod = rejection({ status: 501, reason: 'Not Implemented', event: 'shard.unknown-method' })
const ownFault = rejection({ status: 500, reason: 'Server Internal Error', event: 'shard.unit-failed' })
/** The part of the server that owns the other user is being restarted; nothing was done. */
const workerDown = rejection({
  status: 503,
  reason: 'Service Unavailable',
  event: 'shard.worker-down',
  retryAfterSeconds: 2,
})
/** 430 Flow Failed (RFC 5626 §11.5): nothing was sent, so another flow of the device may be tried. */
const flowFailed = 430
const refusedPoison = rejection({
  status: 503,
  reason: 'Refused After Failures',
  event: 'shard.poison',
  retryAfterSeconds: 60,
})

export class Shard implements StoreListener, ShardHost {
  readonly worker: number
  readonly incarnation: number
  readonly workersCount: number
  readonly clock: ShardPorts['clock']
  readonly timers: ShardPorts['timers']
  readonly entropy: ShardPorts['entropy']
  readonly seals: ShardPorts['seals']
  readonly pressure: ShardPorts['pressure']
  readonly elsewhere: ShardPorts['elsewhere']
  readonly log: ShardPorts['log']
  readonly metrics: ShardPorts['metrics']
  readonly domains: readonly string[]
  readonly realm: string

  readonly #ports: ShardPorts
  readonly #store: Store
  readonly #gate: FlushGate
  readonly #poison: PoisonGuard
  readonly #failures: FailureCounters
  readonly #byMethod = new Map<string, Service>()
  readonly #byKind = new Map<string, Service[]>()
  readonly #byHalf = new Map<string, Service>()
  readonly #byRecord = new Map<string, Service>()
  #services: readonly Service[] = []
  #accounts!: Accounts
  #authenticator!: Authenticator
  #pending: RecordWrite[] = []
  #pendingUsers = new Set<Aor>()
  /** Users of batches whose outcome is not known, by batch. */
  readonly #usersOfBatch = new Map<number, Set<Aor>>()
  /** Users being read again, with what came for them meanwhile. */
  readonly #reloading = new Map<Aor, BusMessage[]>()
  /** Whose record was loaded last. */
  #loadedOwner = '' as Aor

  constructor(ports: ShardPorts, settings: Pick<ShardHost, 'domains' | 'realm'>, poison: PoisonGuard) {
    this.worker = ports.bus.worker
    this.incarnation = ports.bus.incarnation
    this.workersCount = ports.bus.workersCount
    this.clock = ports.clock
    this.timers = ports.timers
    this.entropy = ports.entropy
    this.seals = ports.seals
    this.pressure = ports.pressure
    this.elsewhere = ports.elsewhere
    this.log = ports.log
    this.metrics = ports.metrics
    this.domains = settings.domains
    this.realm = settings.realm
    this.#ports = ports
    this.#store = ports.store
    this.#poison = poison
    this.#failures = failureCounters(ports.metrics, 'shard')
    this.#gate = new FlushGate((worker, message) => this.#send(worker, message))
    this.#store.listen(this)
  }

  /** Wires the services; called once, before `load`. */
  serve(services: readonly Service[], accounts: Accounts, authenticator: Authenticator): void {
    this.#services = services
    this.#accounts = accounts
    this.#authenticator = authenticator
    for (const service of services) {
      for (const method of service.methods) this.#byMethod.set(method, service)
      for (const kind of service.kinds) this.#byKind.set(kind, [...(this.#byKind.get(kind) ?? []), service])
      if (service.half !== undefined) this.#byHalf.set(service.half, service)
      for (const kind of service.records) this.#byRecord.set(kind, service)
    }
  }

  /** Reads this shard's users and what belongs to the server; nothing may be handed to `receive` before. */
  async load(): Promise<void> {
    const shard = { index: this.worker, count: this.workersCount }
    // AORs start with `sip:`; server-wide records start with `!`, below it.
    await this.#store.scan({ from: 'sip:', to: 'sip;', shard }, (key, value) => this.#loadRecord(key, value))
    await this.#store.scan(userRange(serverOwner), (key, value) => this.#loadRecord(key, value))
    await this.#store.scan(userRange(quarantineOwner), (key, value) => this.#loadQuarantined(key, value))
    for (const service of this.#services) service.onLoaded?.()
  }

  shardOf(aor: Aor): number {
    return shardOf(aor, this.workersCount)
  }

  placeOf(flow: FlowId): number {
    return this.#ports.places.ofFlow(flow)
  }

  *everyShard(): Iterable<number> {
    for (let worker = 0; worker < this.workersCount; worker++) yield worker
    yield* this.#ports.places.otherShards()
  }

  awaitsStore(aor: Aor): boolean {
    return this.#gate.isWaiting(aor)
  }

  toEveryEdge(unit: Unit, message: BusMessage): void {
    for (let worker = 0; worker < this.workersCount; worker++) unit.sendFlushed(worker, message, null)
    for (const place of this.#ports.places.otherEdges()) unit.sendFlushed(place, message, null)
  }

  /** One bus message, in a unit of work of its own. */
  receive(message: BusMessage): void {
    const left = this.#reloading.size === 0 ? message : this.#park(message)
    if (!left || (this.#ports.elsewhere !== null && this.#isForElsewhere(this.#ports.elsewhere, left))) return
    this.#take(left)
  }

  /** Is another server to see to this message? Its user is none of this shard's. */
  #isForElsewhere(elsewhere: Elsewhere, message: BusMessage): boolean {
    if (message.kind === 'whose') {
      const { from: to, aor } = message
      this.#ports.bus.send(to.worker, { kind: 'home-is', to, aor, isOurs: this.#knows(aor) })
      return true
    }
    const aor = mayRoam(message) ? ownerOf(message) : null
    return aor !== null && !this.#knows(aor) && elsewhere.takes(message, aor)
  }

  #knows(aor: Aor): boolean {
    return this.#accounts.find(aor) !== null || this.#accounts.aliasOf(aor) !== null
  }

  #take(message: BusMessage): void {
    const asker = askerOf(message)
    const takers = this.#takersOf(message)
    const culprit = takers[0]?.culpritOf?.(message) ?? null
    const request = 'request' in message ? message.request : (culprit?.request ?? null)
    const cause = this.#causeOf(message, culprit)
    if (asker && this.#poison.refuses(cause, this.clock.monotonicMs())) {
      this.#failures.refusedPoison.inc()
      this.#ports.bus.send(asker.worker, makeAnswer(asker, refusedPoison))
    } else if (message.kind === 'request')
      this.#runOr(cause, (unit) => this.#handleRequest(unit, message), request, asker)
    else this.#runOr(cause, (unit) => tell(takers, unit, message), request, asker)
  }

  /** Another worker's shard has lost its memory: services that keep something about it, or there, see to it. */
  onPeerRestarted(worker: number): void {
    const cause = { who: '', what: 'peer-restarted', hash: '' }
    this.run(cause, (unit) => {
      for (const service of this.#services) service.onPeerRestarted?.(unit, worker)
    })
  }

  /** Another worker has died, and its flows with it: services that wait for what came by them are told. */
  onWorkerGone(worker: number): void {
    for (const service of this.#services) service.onWorkerGone?.(worker)
  }

  /** The settings have new values; `done` when every service follows them. */
  onSettings(done: () => void): void {
    const services = this.#services.filter((service) => service.onSettings !== undefined)
    let waitingCount = services.length
    if (waitingCount === 0) return done()
    const followed = () => {
      if (--waitingCount === 0) done()
    }
    const cause = { who: '', what: 'settings', hash: '' }
    for (const service of services) this.run(cause, (unit) => service.onSettings?.(unit, followed))
  }

  run(cause: Cause, work: (unit: Unit) => void, request: SipMessage | null = null): boolean {
    return this.#runOr(cause, work, request, null)
  }

  /** Hands over the batch of this tick. The driver calls it after every turn in which units ran. */
  endTick(): void {
    if (this.#pending.length === 0) return
    const batch = this.#store.commit(this.#pending)
    this.#gate.handedOver(batch)
    this.#usersOfBatch.set(batch, this.#pendingUsers)
    this.#pending = []
    this.#pendingUsers = new Set()
  }

  onBatch(batch: number, outcome: BatchOutcome): void {
    const users = this.#usersOfBatch.get(batch) ?? []
    this.#usersOfBatch.delete(batch)
    if (outcome.ok) {
      this.#gate.flushed(batch, users)
      return
    }
    this.log.write('error', 'shard.batch-failed', { batch, reason: outcome.reason, detail: outcome.detail })
    if (outcome.reason === 'stale-incarnation') return
    // What units of this turn have changed since is in memory only: it must reach the store before that is read.
    this.endTick()
    for (const aor of users) this.#readAgain(aor)
    this.#gate.failed(batch, users)
  }

  /** A reply goes to who waits under that name; all else to every service that takes its kind. */
  #takersOf(message: BusMessage): readonly Service[] {
    const waiting = message.kind === 'outcome' ? this.#byHalf.get(message.to.half) : undefined
    return waiting ? [waiting] : (this.#byKind.get(message.kind) ?? [])
  }

  #handleRequest(unit: Unit, message: RequestMessage): void {
    const main = this.#accounts.aliasOf(message.sender)
    if (main) {
      unit.send(this.shardOf(main), { ...message, sender: main })
      return
    }
    const authentication = this.#authenticator.authenticate(message)
    if (!authentication.ok) {
      unit.send(message.from.worker, makeAnswer(message.from, authentication.rejection))
      return
    }
    const { account, identity } = authentication
    // In a dialog every method follows the dialog's route: a MESSAGE of a session is no pager message.
    const service = (message.route ? null : this.#byMethod.get(message.request.method)) ?? this.#byMethod.get('*')
    const id = operationId(account.aor, message.request)
    const stale = authentication.replay ? makeAnswer(message.from, this.#authenticator.stale(message)) : null
    unit.change(authentication.commit)
    if (service?.onRequest) {
      service.onRequest(unit, { message, account, identity, operationId: id, unlessKnown: stale })
    } else answerFlushed(unit, message.from, badMethod)
  }

  /** False: it failed. `asker`: who is answered then, if anybody waits. */
  #runOr(cause: Cause, work: (unit: Unit) => void, request: SipMessage | null, asker: ReplyAddress | null): boolean {
    const unit = new Unit(this.clock.wallMs())
    this.#ports.causes.begin(cause.who, cause.what)
    try {
      work(unit)
    } catch (error) {
      this.#onFailure(cause, request, asker, error)
      return false
    }
    this.#carryOut(unit)
    return true
  }

  /** Nothing was changed: the effects of the unit are dropped. Whoever asked hears of it. */
  #onFailure({ who, what }: Cause, request: SipMessage | null, asker: ReplyAddress | null, error: unknown): void {
    const hash = request ? messageHash(request) : ''
    this.#failures.failedUnits.inc()
    const isPoison = this.#poison.failed({ who, what, hash }, this.clock.monotonicMs())
    if (isPoison && request) this.#ports.causes.keep(hash, request)
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.log.write('error', 'shard.unit-failed', { who, what, hash, error: text })
    if (asker) this.#ports.bus.send(asker.worker, makeAnswer(asker, ownFault))
  }

  /** The hash costs as much as the rest of a unit, and is needed only while something has failed lately. */
  #causeOf(message: BusMessage, culprit: Culprit | null): Cause {
    const request = 'request' in message ? message.request : null
    const hash = request && !this.#poison.isQuiet ? messageHash(request) : ''
    const who = culprit?.sender ?? culpritOf(message) ?? ''
    return { who, what: request ? request.method : message.kind, hash }
  }

  #carryOut(unit: Unit): void {
    for (const write of unit.writes) this.#pending.push(write)
    if (unit.writes.length > 0) for (const aor of unit.touched) this.#pendingUsers.add(aor)
    for (const apply of unit.changes) apply()
    this.#gate.pass(unit)
    for (const { worker, message } of unit.sends) this.#send(worker, message)
    for (const followUp of unit.followUps) followUp()
  }

  /**
   * A worker that is down, or does not keep up, refuses asks: whoever waits hears so at once, and not by a deadline.
   */
  #send(worker: number, message: BusMessage): void {
    if (this.#ports.bus.send(worker, message)) return
    const asker = askerOf(message)
    if (asker) this.#ports.bus.send(asker.worker, makeAnswer(asker, workerDown))
    // The flow may live: if it does not, the worker says so when it is back (`edge/forwarder.ts`).
    if (message.kind === 'forward') this.#reportFailed(message.from, message.target.deviceKey)
    else if (message.kind === 'send') {
      for (const { number } of message.requests) this.#reportFailed({ ...message.from, number }, '')
    }
  }

  #reportFailed(to: ReplyAddress, deviceKey: string): void {
    this.#ports.bus.send(to.worker, { kind: 'outcome', to, status: flowFailed, response: null, deviceKey })
  }

  #loadRecord(key: string, value: Uint8Array): void {
    const { aor: owner, kind } = keyParts(key)
    // One text for all records of a user, which follow one another: a part of a key would keep the whole key alive.
    if (owner !== this.#loadedOwner) this.#loadedOwner = ownText(owner) as Aor
    const aor = this.#loadedOwner
    const unreadable = this.#byRecord.get(kind)?.load?.(aor, kind, key, value) ?? null
    if (unreadable !== null) this.log.write('error', 'store.unreadable-record', { aor, kind, reason: unreadable })
  }

  /** What its owner makes of a loss is the service's business; each shard hears of its own users and of the server. */
  #loadQuarantined(key: string, value: Uint8Array): void {
    const { aor, kind } = quarantinedOwner(key)
    if (!aor.startsWith('!') && this.shardOf(aor as Aor) !== this.worker) return
    const record = quarantineRecord.decode(value)
    const parts = record.ok ? keyParts(record.value.key).parts : []
    for (const service of this.#services) service.onQuarantined?.(aor as Aor, kind, parts, key)
  }

  /** Keeps what is for users being read again; returns the rest. */
  #park(message: BusMessage): BusMessage | null {
    if (message.kind === 'watches') {
      const { entries } = message
      for (const each of entries) this.#reloading.get(each.presentity)?.push({ ...message, entries: [each] })
      const left = entries.filter(({ presentity }) => !this.#reloading.has(presentity))
      return left.length === 0 ? null : { ...message, entries: left }
    }
    const aor = ownerOf(message)
    const parked = aor && this.#reloading.get(aor)
    if (!parked) return message
    parked.push(message)
    return null
  }

  #readAgain(aor: Aor): void {
    if (this.#reloading.has(aor)) return
    this.#reloading.set(aor, [])
    for (const service of this.#services) service.forget?.(aor)
    // A store that cannot be read any more ends the process; until then nobody knows anything of this user.
    const unreadable = () => undefined
    this.#store
      .scan(userRange(aor), (key, value) => this.#loadRecord(key, value))
      .then(() => this.#reloaded(aor), unreadable)
  }

  #reloaded(aor: Aor): void {
    const parked = this.#reloading.get(aor) ?? []
    this.#reloading.delete(aor)
    for (const service of this.#services) service.onReloaded?.(aor)
    for (const message of parked) this.receive(message)
    this.endTick()
  }
}

function tell(services: readonly Service[], unit: Unit, message: BusMessage): void {
  for (const service of services) service.onMessage?.(unit, message)
}
