/**
 * A real shard with the real message service over a memory store, virtual time and devices that the test plays. The
 * test sends messages, sees what is forwarded to which device, answers for it, and reads what the senders were
 * answered.
 */

import { Buffer } from 'node:buffer'
import { noCauses, PoisonGuard } from '../../src/guard/index.ts'
import type { MessagingService, MessagingSettings } from '../../src/messaging/index.ts'
import { messageService, standardSettings } from '../../src/messaging/index.ts'
import type { AnswerMessage, BusMessage, ForwardMessage, OutcomeMessage, ReplyAddress } from '../../src/ports/bus.ts'
import type { Account } from '../../src/ports/directory.ts'
import type { FlowId } from '../../src/ports/flows.ts'
import type { LogFields } from '../../src/ports/log.ts'
import { placesOfOneServer } from '../../src/ports/places.ts'
import { allowAll, type MessagePolicy, partyOf } from '../../src/ports/policy.ts'
import { noPressure } from '../../src/ports/pressure.ts'
import type { Device, DeviceListener, Devices } from '../../src/registrar/index.ts'
import { TimerWheel } from '../../src/runtime/timer-wheel.ts'
import { type Accounts, Authenticator, makeAnswer, operationId, Shard } from '../../src/shard/index.ts'
import { encodeResponse } from '../../src/sip/message/encode.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import type { Aor } from '../../src/sip/uri/aor.ts'
import { MemoryStore } from '../../src/store/index.ts'
import { aorOf, bodyOf, message, type SendOptions, sourceOf } from './played-messages.ts'

export { aorOf, bodyOf, message } from './played-messages.ts'

export const startMs = Date.UTC(2026, 0, 15, 9, 30, 0)

export interface DeviceSetup {
  readonly lasting?: boolean
  readonly online?: boolean
  readonly wantsSentCopies?: boolean
  readonly flows?: number
}

interface PlayedDevice {
  readonly aor: Aor
  readonly deviceKey: string
  readonly lasting: boolean
  readonly wantsSentCopies: boolean
  flows: FlowId[]
}

/** What of a world lives on through a crash of the server. */
export interface Surroundings {
  readonly clock: { ms: number }
  readonly devices: PlayedDevice[]
  readonly answers: Map<number, AnswerMessage>
  readonly counters: Map<string, number>
  readonly log: { event: string; fields: LogFields | undefined }[]
  lastNumber: number
  incarnation: number
}

export class MessagingWorld {
  readonly store: MemoryStore
  readonly around: Surroundings
  readonly settings: MessagingSettings
  /** Forwards that no outcome was given for, oldest first. */
  forwards: ForwardMessage[] = []
  policy: MessagePolicy = allowAll
  /** AORs that the directory does not know. */
  readonly strangers = new Set<string>()
  readonly aliases = new Map<Aor, Aor>()
  /** Batches settle by themselves in `settle`. */
  autoFlush = true
  readonly #bus: BusMessage[] = []
  readonly #forwardedMs = new WeakMap<ForwardMessage, number>()
  readonly #wheel: TimerWheel
  readonly #shard: Shard
  readonly #service: MessagingService
  #listener: DeviceListener | null = null

  private constructor(store: MemoryStore, around: Surroundings, settings: MessagingSettings) {
    this.store = store
    this.around = around
    this.settings = settings
    const now = () => around.clock.ms
    const clock = { monotonicMs: now, wallMs: now, systemMs: now }
    this.#wheel = new TimerWheel(clock)
    const host = new Shard(
      {
        bus: { worker: 0, incarnation: around.incarnation, workersCount: 1, send: (_, message) => this.#take(message) },
        ...{ places: placesOfOneServer(1), elsewhere: null, asksDirectory: false },
        clock,
        timers: this.#wheel,
        entropy: { bytes: (count) => Buffer.alloc(count, 7), word: (count) => this.#word(count) },
        seals: { seal: (_, text) => text, open: (_, token) => token, mac: (_, text) => text },
        store,
        causes: noCauses,
        pressure: noPressure,
        log: { write: (_, event, fields) => void around.log.push({ event, fields }) },
        metrics: countersIn(around.counters),
      },
      { domains: ['example.test'], realm: 'example.test' },
      new PoisonGuard(),
    )
    this.#shard = host
    const accounts = this.#accounts()
    const policy: MessagePolicy = { mayMessage: (from, to) => this.policy.mayMessage(from, to) }
    this.#service = messageService(host, this.#devices(), accounts, policy, settings)
    const authentication = {
      realm: 'test',
      bootId: 'b',
      ...{ nonceLifetimeMs: 1, reauthenticateMs: 1, withoutQop: 'tls' as const, bearer: null },
    }
    host.serve([this.#service], accounts, new Authenticator(accounts, host, authentication))
  }

  static async start(settings: Partial<MessagingSettings> = {}): Promise<MessagingWorld> {
    const around: Surroundings = {
      clock: { ms: startMs },
      devices: [],
      answers: new Map(),
      counters: new Map(),
      log: [],
      lastNumber: 0,
      incarnation: 1,
    }
    return MessagingWorld.#begin(new MemoryStore(), around, { ...standardSettings, ...settings })
  }

  static async #begin(store: MemoryStore, around: Surroundings, settings: MessagingSettings): Promise<MessagingWorld> {
    const world = new MessagingWorld(store, around, settings)
    await world.#shard.load()
    world.#shard.endTick()
    return world
  }

  /** Power loss: what is not flushed is gone, every flow too. Nobody is told. */
  async crash(): Promise<MessagingWorld> {
    for (const device of this.around.devices) device.flows = []
    this.around.incarnation++
    const next = await MessagingWorld.#begin(this.store.crash(), this.around, this.settings)
    next.policy = this.policy
    next.autoFlush = this.autoFlush
    return next
  }

  /** A device that the registrar knows. */
  device(user: string, deviceKey: string, setup: DeviceSetup = {}): void {
    const { lasting = true, online = true, wantsSentCopies = false, flows = 1 } = setup
    const device = { aor: aorOf(user), deviceKey, lasting, wantsSentCopies, flows: [] as FlowId[] }
    this.around.devices.push(device)
    if (online) for (let count = 0; count < flows; count++) device.flows.unshift(this.#newFlow())
  }

  /** The device registers on a new flow. */
  async signIn(deviceKey: string): Promise<void> {
    const device = this.#played(deviceKey)
    device.flows = [this.#newFlow()]
    this.#shard.run({ who: device.aor, what: 'REGISTER', hash: '' }, (unit) => {
      this.#listener?.onReachable(unit, device.aor, deviceKey)
    })
    await this.advance(20)
  }

  signOut(deviceKey: string): void {
    this.#played(deviceKey).flows = []
  }

  /** The registrar has forgotten it, without a word: nobody could know it again. */
  forgetDevice(deviceKey: string): void {
    this.around.devices.splice(this.around.devices.indexOf(this.#played(deviceKey)), 1)
  }

  /** The registrar forgets lasting devices of one user. */
  async forgetDevices(...deviceKeys: readonly string[]): Promise<void> {
    const { aor } = this.#played(deviceKeys[0] as string)
    for (const deviceKey of deviceKeys) this.forgetDevice(deviceKey)
    this.#shard.run({ who: aor, what: 'REGISTER', hash: '' }, (unit) => {
      this.#listener?.onForgotten?.(unit, aor, deviceKeys)
    })
    await this.settle()
  }

  flowOf(deviceKey: string): FlowId {
    return this.#played(deviceKey).flows[0] as FlowId
  }

  /** Sends and lets everything happen that needs no time; returns the number under which the answer will be. */
  async send(from: string, to: string, text: string, options: SendOptions = {}): Promise<number> {
    const number = this.sendOnly(from, to, text, options)
    await this.settle()
    return number
  }

  sendOnly(from: string, to: string, text: string, options: SendOptions = {}): number {
    const uri = to.includes('@') ? `sip:${to}` : aorOf(to)
    return this.sendRequest(from, message(from, uri, text, ++this.around.lastNumber, options), options.flow)
  }

  /** Any request of this user, also one that was sent before: a retransmission by another worker. */
  sendRequest(from: string, request: SipMessage, flow?: FlowId): number {
    const number = ++this.around.lastNumber
    const aor = aorOf(from)
    this.#shard.receive({
      kind: 'request',
      proof: null,
      from: { worker: 0, incarnation: 1, half: 'edge', number },
      sender: aor,
      route: null,
      request,
      source: sourceOf(aor, flow),
      receivedMs: this.around.clock.ms,
    })
    return number
  }

  /** A request whose credentials were right and used before, as the sender's shard passes it on. */
  async deliverStale(from: string, to: string, request: SipMessage): Promise<number> {
    const number = ++this.around.lastNumber
    const address: ReplyAddress = { worker: 0, incarnation: 1, half: 'edge', number }
    this.#shard.receive({
      kind: 'deliver',
      from: address,
      sender: aorOf(from),
      party: partyOf(account(aorOf(from))),
      recipient: aorOf(to),
      request,
      operationId: operationId(aorOf(from), request),
      receivedMs: this.around.clock.ms,
      source: sourceOf(aorOf(from)),
      identity: sourceOf(aorOf(from)).identity,
      unlessKnown: makeAnswer(address, { status: 401, reason: 'Unauthorized' }),
      isCopied: false,
    })
    await this.settle()
    return number
  }

  storedCount(user: string): number {
    return this.#service.storedCount(aorOf(user))
  }

  async removeUser(user: string): Promise<void> {
    const who = aorOf(user)
    this.#shard.run({ who, what: 'remove', hash: '' }, (unit) => this.#service.removeUser(unit, who))
    await this.settle()
  }

  answerTo(number: number): AnswerMessage | null {
    return this.around.answers.get(number) ?? null
  }

  statusOf(number: number): number | null {
    return this.answerTo(number)?.status ?? null
  }

  /** How long a forward has been without an outcome. */
  ageMs(forward: ForwardMessage): number {
    return this.around.clock.ms - (this.#forwardedMs.get(forward) ?? 0)
  }

  /** Texts of the messages that are on their way to this device. */
  onTheWayTo(deviceKey: string): string[] {
    return this.forwards.filter((each) => each.target.deviceKey === deviceKey).map((each) => bodyOf(each.request))
  }

  /** The device answers the oldest message that is on its way to it, or the one with this text. */
  async answer(deviceKey: string, status: number, text?: string): Promise<ForwardMessage> {
    const index = this.forwards.findIndex(
      ({ target, request }) => target.deviceKey === deviceKey && (text === undefined || bodyOf(request) === text),
    )
    const forward = this.forwards[index]
    if (!forward) throw new Error(`nothing is on its way to ${deviceKey}`)
    this.forwards.splice(index, 1)
    this.report(forward, status)
    await this.settle()
    return forward
  }

  /** The outcome of a forward: a status of the device, 408 for silence, 0 for a broken flow. */
  report({ from, request, target }: ForwardMessage, status: number): void {
    const own = status === 0 || status === 408
    const response = own ? null : parseMessage(encodeResponse(request, status, { toTag: target.deviceKey })).message
    const outcome: OutcomeMessage = { kind: 'outcome', to: from, status, response, deviceKey: target.deviceKey }
    this.#shard.receive(outcome)
  }

  /** Everything that needs no time: bus, batches, flushes, reading again. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; ) {
      const busy = this.#drain() || (this.autoFlush && this.store.flush() > 0)
      quiet = busy ? 0 : quiet + 1
      await Promise.resolve()
    }
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.around.clock.ms + ms
    await this.settle()
    for (let dueMs = this.#wheel.nextDueMs(); dueMs <= untilMs; dueMs = this.#wheel.nextDueMs()) {
      this.around.clock.ms = Math.max(this.around.clock.ms, dueMs)
      this.#wheel.advance(this.around.clock.ms)
      await this.settle()
    }
    this.around.clock.ms = untilMs
  }

  /** What a crash now would leave, by kind of record. */
  get records(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const key of this.store.disk.durable.keys()) {
      const kind = key.split('\0')[1] as string
      counts[kind] = (counts[kind] ?? 0) + 1
    }
    return counts
  }

  counted(name: string): number {
    return this.around.counters.get(name) ?? 0
  }

  events(): string[] {
    return this.around.log.map(({ event }) => event)
  }

  #drain(): boolean {
    let busy = false
    for (let next = this.#bus.shift(); next; next = this.#bus.shift()) {
      busy = true
      this.#shard.receive(next)
    }
    const before = this.store.disk.pendingCount
    this.#shard.endTick()
    return busy || this.store.disk.pendingCount > before
  }

  #take(sent: BusMessage): boolean {
    if (sent.kind === 'answer') this.around.answers.set(sent.to.number, sent)
    else if (sent.kind === 'forward') {
      this.forwards.push(sent)
      this.#forwardedMs.set(sent, this.around.clock.ms)
    } else this.#bus.push(sent)
    return true
  }

  #played(deviceKey: string): PlayedDevice {
    const device = this.around.devices.find((each) => each.deviceKey === deviceKey)
    if (!device) throw new Error(`no device ${deviceKey}`)
    return device
  }

  #newFlow(): FlowId {
    return `0.${this.around.incarnation}.${++this.around.lastNumber}.b` as FlowId
  }

  #word(count: number): string {
    return String(++this.around.lastNumber).padStart(count * 2, '0')
  }

  #devices(): Devices {
    return {
      known: (aor) => this.around.devices.filter((device) => device.aor === aor).map(asDevice),
      meant: (aor) => this.#devices().known(aor),
      listen: (listener) => {
        this.#listener = listener
      },
    }
  }

  #accounts(): Accounts {
    const credentials = new Map()
    return {
      find: (aor) => (this.strangers.has(aor) ? null : { account: account(aor), credentials, epochFromMs: 0 }),
      aliasOf: (aor) => this.aliases.get(aor) ?? null,
    }
  }
}

function asDevice(device: PlayedDevice): Device {
  const { deviceKey, lasting, wantsSentCopies, flows } = device
  const targets = flows.map((flow) => ({
    flow,
    transport: 'tcp' as const,
    contactUri: `sip:${deviceKey}@192.0.2.7`,
    path: [],
    qThousandths: 1000,
    deviceKey,
  }))
  return { deviceKey, lasting, wantsSentCopies, lastSeenMs: startMs, targets }
}

function account(aor: Aor): Account {
  return { aor, aliases: [], groups: [], displayName: '', disabled: aor.includes('disabled'), epoch: 1, createdMs: 0 }
}

function countersIn(counts: Map<string, number>) {
  const counter = (name: string, _help: string, labels?: Readonly<Record<string, string>>) => {
    const key = labels ? `${name}{${Object.values(labels).join(',')}}` : name
    return { inc: (by = 1) => void counts.set(key, (counts.get(key) ?? 0) + by) }
  }
  const nothing = { set: () => undefined, observe: () => undefined }
  return { counter, gauge: () => nothing, histogram: () => nothing }
}
