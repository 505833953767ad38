/**
 * A shard: owns a part of the users on one worker. Runs units of work, carries out their effects in the one right order
 * (records, memory, what waits for the flush, what promises nothing), and reads users again whose batch failed.
 * What is done for a request is the services' business; who sends it is decided in `authenticate.ts`.
 */
import { type Cause, type FailureCounters, failureCounters, messageHash, type PoisonGuard } from '../guard/index.ts'
import type { BusMessage, ReplyAddress, RequestMessage } from '../ports/bus.ts'
import type { FlowId } from '../ports/flows.ts'
import type { Elsewhere } from '../ports/places.ts'
import { arrivalsRange } from '../ports/records/arrival.ts'
import { homesRange } from '../ports/records/home.ts'
import { keyParts, userRange, usersRange } from '../ports/records/keys.ts'
import { serverOwner } from '../ports/records/manifest.ts'
import { quarantinedOwner, quarantineOwner, quarantineRecord } from '../ports/records/quarantine.ts'
import { shardOf } from '../ports/sharding.ts'
import type { BatchOutcome, RecordWrite, Store, StoreListener } from '../ports/store.ts'
import { ownText } from '../sip/message/own-text.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { answerFlushed, makeAnswer } from './answer.ts'
import type { Authenticator } from './authenticate.ts'
import { AwaitedUsers } from './awaited-users.ts'
import { FlushGate } from './flush-gate.ts'
import { HeldUsers } from './held-users.ts'
import { addresseeOf, askerOf, culpritOf, mayRoam, ownerOf } from './message-parts.ts'
import { noHomes, withoutMoved } from './moved-users.ts'
import { operationId } from './operation-id.ts'
import { ReadingAgain } from './reading-again.ts'
import { badMethod, flowFailed, notLookedUp, ownFault, refusedPoison, twoHomes, workerDown } from './rejections.ts'
import type { Accounts, Culprit, Homes, Service, ShardHost } from './service.ts'
import type { ShardPorts } from './shard-ports.ts'
import { ShardTravellers } from './shard-travellers.ts'
import { TokenGate } from './token-gate.ts'
import { Unit } from './unit.ts'

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
  readonly travellers: ShardTravellers

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
  #homes: Homes = noHomes
  #authenticator!: Authenticator
  #pending: RecordWrite[] = []
  #pendingUsers = new Set<Aor>()
  /** Users of batches whose outcome is not known, by batch. */
  readonly #usersOfBatch = new Map<number, Set<Aor>>()
  /** Users being read again, or moved, with what came for them meanwhile. */
  readonly #held = new HeldUsers()
  readonly #reading: ReadingAgain
  /** Null where all accounts are our own. */
  readonly #awaited: AwaitedUsers | null
  /** Null where no bearer tokens are taken. */
  readonly #tokens: TokenGate | null
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
    this.travellers = new ShardTravellers(this, this.#store, this.#held)
    this.#reading = new ReadingAgain(this, this.#store, this.#held)
    const handle = (message: BusMessage, isSure: boolean) => this.#takeHere(message, isSure)
    const owner = { handle, knows: (aor: Aor) => this.#knows(aor) }
    this.#awaited = ports.asksDirectory ? new AwaitedUsers(ports, owner) : null
    this.#tokens = ports.tokens ? new TokenGate(ports.tokens, (message) => this.receive(message)) : null
    this.#store.listen(this)
  }

  /** Wires the services; called once, before `load`. */
  serve(services: readonly Service[], accounts: Accounts, authenticator: Authenticator, homes = noHomes): void {
    this.#services = services
    this.#accounts = accounts
    this.#homes = homes
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
    // Whose home is another one is known before his records are met.
    for (const range of [homesRange, arrivalsRange]) {
      await this.#store.scan(range, (key, value) => this.loadRecord(key, value))
    }
    await this.#store.scan({ ...usersRange, shard }, (key, value) => this.loadRecord(key, value))
    await this.#store.scan(userRange(serverOwner), (key, value) => this.loadRecord(key, value))
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
    if (this.#tokens?.takes(message)) return
    const parked = this.#held.park(message)
    const left = parked && withoutMoved(parked, this.#homes, this.#ports)
    const here = left && this.#awaited ? this.#awaited.leave(left) : left
    if (here) this.#takeHere(here)
  }

  /** `isSure`: false where a directory may know its user, and could not be asked. */
  #takeHere(message: BusMessage, isSure = true): void {
    const { elsewhere, bus } = this.#ports
    if (elsewhere === null || !this.#isForElsewhere(elsewhere, message)) {
      const unsure = isSure ? null : addresseeOf(message)
      // That there is nobody of this name has not been said.
      if (unsure && !this.#knows(unsure.aor)) bus.send(unsure.asker.worker, makeAnswer(unsure.asker, notLookedUp))
      else this.#take(message)
    }
    if (message.kind === 'directory-answer') this.#awaited?.onAnswer(message)
  }

  /** Is another server to see to this message? Its user is none of this shard's. */
  #isForElsewhere(elsewhere: Elsewhere, message: BusMessage): boolean {
    if (message.kind === 'whose') {
      const { from: to, aor } = message
      const epoch = this.#homes.epochOf(aor)
      this.#ports.bus.send(to.worker, { kind: 'home-is', to, aor, isOurs: this.#knows(aor), epoch })
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
    if (asker && this.#homes.isContested(ownerOf(message) as Aor)) {
      this.#ports.bus.send(asker.worker, makeAnswer(asker, twoHomes))
    } else if (asker && this.#poison.refuses(cause, this.clock.monotonicMs())) {
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

  /** These names are a user's, whose home may be another one than before. */
  onHomeFound(names: readonly Aor[]): void {
    this.run({ who: '', what: 'home-found', hash: '' }, (unit) => {
      for (const service of this.#services) service.onHomeFound?.(unit, names)
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
    this.travellers.written(this.#pendingUsers)
    this.#gate.handedOver(batch)
    this.#usersOfBatch.set(batch, this.#pendingUsers)
    this.#pending = []
    this.#pendingUsers = new Set()
  }

  onBatch(batch: number, outcome: BatchOutcome): void {
    const users = this.#usersOfBatch.get(batch) ?? []
    this.#usersOfBatch.delete(batch)
    if (outcome.ok) return this.#gate.flushed(batch, users)
    this.log.write('error', 'shard.batch-failed', { batch, reason: outcome.reason, detail: outcome.detail })
    if (outcome.reason === 'stale-incarnation') return
    // What units of this turn have changed since is in memory only: it must reach the store before that is read.
    this.endTick()
    for (const aor of users) this.readAgain(aor)
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

  loadRecord(key: string, value: Uint8Array): void {
    const { aor: owner, kind } = keyParts(key)
    // One text for all records of a user, which follow one another: a part of a key would keep the whole key alive.
    if (owner !== this.#loadedOwner) this.#loadedOwner = ownText(owner) as Aor
    const aor = this.#loadedOwner
    // Left behind by a user who has another home.
    if (this.#homes.movedTo(aor) !== null) return
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

  /** Forgets him and reads his records; what comes for him waits. */
  readAgain(aor: Aor): void {
    this.#reading.begin(aor)
  }

  /** What has waited. */
  handle(messages: readonly BusMessage[]): void {
    for (const message of messages) this.receive(message)
    this.endTick()
  }

  get services(): readonly Service[] {
    return this.#services
  }

  /** Messages that wait for the store. */
  get waitingCount(): number {
    return this.#gate.waitingCount
  }
}

function tell(services: readonly Service[], unit: Unit, message: BusMessage): void {
  for (const service of services) service.onMessage?.(unit, message)
}
