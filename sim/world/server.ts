/**
 * The virtual server: n workers on one disk, a bus between them, a main that restarts what has ended. It can be killed
 * as a whole and comes back with another boot id and perhaps another number of workers, over what was flushed.
 */
import { createSecretBox } from '../../src/directory/local/secret-box.ts'
import type {
  AdminReply,
  AdminRequest,
  DocumentReply,
  DocumentRequest,
  PolicyReply,
  PolicyRequest,
} from '../../src/ports/admin.ts'
import type { BusMessage, ReplyAddress } from '../../src/ports/bus.ts'
import type { DigestSecrets } from '../../src/ports/directory.ts'
import type { DirectoryAnswerMessage, DirectoryAskMessage } from '../../src/ports/directory-bus.ts'
import type { Log } from '../../src/ports/log.ts'
import type { Pressure } from '../../src/ports/pressure.ts'
import { bucketOf, shardOf } from '../../src/ports/sharding.ts'
import { type BusOwner, PortBus } from '../../src/runtime/port-bus.ts'
import { KeyedSeals } from '../../src/runtime/seals.ts'
import type { CorePorts, CoreSettings } from '../../src/runtime/worker-core.ts'
import type { Aor } from '../../src/sip/uri/aor.ts'
import type { History } from '../history.ts'
import type { Mutant } from '../mutants/mutant.ts'
import { coreSettings } from './core-settings.ts'
import type { VirtualDisk } from './disk.ts'
import type { EventQueue } from './event-queue.ts'
import type { NetworkWorker, WorkerFinder, WorkerLinks } from './link.ts'
import { noMetrics } from './no-metrics.ts'
import type { Prng } from './prng.ts'
import { SeededEntropy } from './seeded-entropy.ts'
import { type SystemTime, VirtualClock } from './virtual-clock.ts'
import type { VirtualDirectory } from './virtual-directory.ts'
import { VirtualPort } from './virtual-port.ts'
import type { Weather } from './weather.ts'
import { VirtualWorker, type WorkerOwner } from './worker.ts'

export interface ServerParts {
  readonly events: EventQueue
  readonly random: Prng
  readonly weather: Weather
  readonly history: History
  readonly disk: VirtualDisk
  readonly system: SystemTime
  readonly mutant: Mutant
  /** Of the cores; those of runs that are checked where nothing is said. */
  readonly settings?: (bootId: string) => CoreSettings
  readonly links?: LinkMaker
  readonly sealKey?: Buffer
  /** Where work takes time: how far behind a worker is. */
  readonly pressureOf?: (worker: NetworkWorker) => Pressure
  /** Where there is one, and the settings say that it is asked. */
  readonly directory?: VirtualDirectory
  /** The network is told who died. */
  onWorkerDied(worker: NetworkWorker): void
}

export type LinkMaker = (worker: VirtualWorker, bootId: string) => WorkerLinks

const sealKeyOfOne = Buffer.alloc(32, 7)
export const secretKey = Buffer.alloc(32, 9)
/** How long the others may not know that a worker has ended. */
const unnoticedMaxMs = 30
/** Until a device that was not enrolled for sure is enrolled again. */
const enrolAgainMs = 2_000

export class VirtualServer implements WorkerFinder, WorkerOwner {
  readonly #parts: ServerParts
  readonly #slots: (VirtualWorker | null)[] = []
  readonly #incarnations: number[] = []
  readonly #asks: Asks = { admin: new Map(), policy: new Map(), document: new Map() }
  #main: PortBus | null = null
  #bootId = ''
  #boots = 0
  #asksCount = 0
  #clock: VirtualClock | null = null

  constructor(parts: ServerParts) {
    this.#parts = parts
  }

  get isUp(): boolean {
    return this.#main !== null
  }

  get workers(): readonly VirtualWorker[] {
    return this.#slots.filter((worker) => worker !== null)
  }

  get areAllListening(): boolean {
    return this.isUp && this.#slots.every((worker) => worker?.isListening)
  }

  boot(workersCount: number): void {
    const { random, mutant, disk, history, events, system } = this.#parts
    this.#boots++
    this.#bootId = mutant.bootId?.() ?? new SeededEntropy(random).word(8)
    this.#clock = new VirtualClock(events, system, Math.max(system.nowMs, disk.lastWrittenMs))
    history.trace(events.nowMs, `boot ${this.#boots} with ${workersCount} workers`)
    this.#incarnations.length = 0
    this.#slots.length = 0
    for (let worker = 0; worker < workersCount; worker++) {
      this.#slots.push(null)
      this.#incarnations.push(0)
    }
    this.#main = new PortBus(
      { worker: workersCount, incarnation: 1, workersCount },
      mainOwner(
        this.#asks,
        () => this.#flushMain(),
        (ask) => this.#askDirectory(ask),
      ),
    )
    for (let worker = 0; worker < workersCount; worker++) this.#startWorker(worker)
  }

  /** Power is lost: what was not flushed is forgotten. `isCommitted`: it was, and nobody has heard of it. */
  kill({ isCommitted = false } = {}): void {
    const { disk } = this.#parts
    for (const worker of this.workers) this.#bury(worker)
    this.#slots.length = 0
    this.#main = null
    this.#asks.admin.clear()
    this.#asks.policy.clear()
    this.#asks.document.clear()
    disk.losePower(isCommitted)
  }

  /** `awayMs`: until its successor starts; null: by chance, soon. */
  endWorker(worker: VirtualWorker, awayMs: number | null = null): void {
    if (!worker.isAlive) return
    this.#bury(worker)
    const slot = worker.place.worker
    this.#slots[slot] = null
    const boot = this.#boots
    const { events, random } = this.#parts
    for (const other of this.workers) {
      events.after(random.below(unnoticedMaxMs), () => {
        if (other.isAlive && this.#slots[slot] === null) other.enter(() => other.onPeerGone(slot))
      })
    }
    this.#main?.disconnect(slot)
    events.after(awayMs ?? random.between(50, 1_500), () => {
      if (this.isUp && this.#boots === boot && this.#slots[slot] === null) this.#startWorker(slot)
    })
  }

  onWorkerEnded(worker: VirtualWorker, error: unknown): void {
    const { history, events } = this.#parts
    if (error !== null) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      history.logLines.push({ event: 'sim.worker-failed', atMs: events.nowMs, fields: { error: text } })
    }
    history.fault(`worker ${worker.place.worker} ended in its turn`, events.nowMs)
    this.endWorker(worker)
  }

  isLost(worker: VirtualWorker, message: BusMessage): boolean {
    const { random, weather, history, events } = this.#parts
    if (weather.watchLossProbability === 0 || message.kind !== 'watches') return false
    // One thread speaks to itself without a bus between.
    if (shardOf(message.watcher, this.#slots.length) === worker.place.worker) return false
    const isLost = random.chance(weather.watchLossProbability)
    const { presence } = history
    if (isLost)
      for (const { presentity } of message.entries) presence.lostWatch(message.watcher, presentity, events.nowMs)
    return isLost
  }

  forStream(draw: number): NetworkWorker | null {
    const listening = this.workers.filter((worker) => worker.isListening)
    return listening.length === 0 ? null : listening[draw % listening.length]!
  }

  forPeer(address: string): NetworkWorker | null {
    return this.#slots.length === 0 ? null : (this.#slots[bucketOf(address) % this.#slots.length] ?? null)
  }

  /** What an administrator asks; `reply` is called when the shard has answered, and never if it died before. */
  ask(aor: Aor, act: AdminRequest, reply: (reply: AdminReply) => void): void {
    this.#ask(this.#asks.admin, aor, reply, (from) => ({ kind: 'admin', from, aor, act }))
  }

  /** The same about who may see whom; the organisation's rules belong to `!server`. */
  askPolicy(aor: Aor, act: PolicyRequest, reply: (reply: PolicyReply) => void): void {
    this.#ask(this.#asks.policy, aor, reply, (from) => ({ kind: 'policy-ask', from, aor, act }))
  }

  /** The same about a document of a user. */
  askDocument(aor: Aor, act: DocumentRequest, reply: (reply: DocumentReply) => void): void {
    this.#ask(this.#asks.document, aor, reply, (from) => ({ kind: 'document', from, aor, act }))
  }

  /** As main does it: who is found is an account here before the shard hears of it, and has enrolled a device. */
  #askDirectory({ from: to, aor }: DirectoryAskMessage): void {
    const main = this.#main
    const say = (outcome: DirectoryAnswerMessage['outcome']): void => {
      if (this.#main !== main) return
      main?.send(to.worker, { kind: 'directory-answer', to, aor, outcome, mainAor: null })
    }
    this.#parts.directory?.ask(aor, ({ outcome, secrets }) => {
      if (secrets === null) say(outcome)
      else this.#enrol(aor, secrets, () => say('found'))
    })
  }

  /** Account and device. It is done again until it is known to be done, whatever the server goes through. */
  #enrol(aor: Aor, secrets: DigestSecrets, then: () => void): void {
    let isDone = false
    const facts = { guid: aor, dn: `CN=${aor}`, displayName: aor, aliases: [], home: '', against: [] }
    this.ask(aor, { act: 'put-directory', facts, groups: [] }, (put) => {
      if (!put.ok) return
      this.ask(aor, { act: 'put-device', device: '', secrets }, ({ ok }) => {
        if (!ok || isDone) return
        isDone = true
        then()
      })
    })
    this.#parts.events.after(enrolAgainMs, () => {
      if (!isDone) this.#enrol(aor, secrets, then)
    })
  }

  #ask<R>(
    asks: Map<number, (reply: R) => void>,
    aor: Aor,
    reply: (reply: R) => void,
    message: (from: ReplyAddress) => BusMessage,
  ): void {
    const main = this.#main
    if (!main) return
    const number = ++this.#asksCount
    asks.set(number, reply)
    main.send(
      shardOf(aor, this.#slots.length),
      message({ worker: this.#slots.length, incarnation: 1, half: 'main', number }),
    )
  }

  #flushMain(): void {
    this.#parts.events.after(0, () => this.#main?.flush())
  }

  #startWorker(slot: number): void {
    const { events, system, mutant, history } = this.#parts
    const trueIncarnation = this.#incarnations[slot]! + 1
    this.#incarnations[slot] = trueIncarnation
    const incarnation = mutant.incarnation?.(trueIncarnation) ?? trueIncarnation
    const place = { worker: slot, incarnation, workersCount: this.#slots.length }
    const clock = new VirtualClock(events, system, this.#clock!.wallMs())
    const worker = new VirtualWorker(place, events, clock, this)
    worker.links = this.#parts.links?.(worker, this.#bootId) ?? null
    worker.core = mutant.makeCore(
      this.#ports(worker, trueIncarnation),
      (this.#parts.settings ?? coreSettings)(this.#bootId),
    )
    this.#slots[slot] = worker
    history.trace(events.nowMs, `worker ${slot} starts, incarnation ${trueIncarnation}`)
    this.#connect(worker)
    worker.core.load().then(() => this.#onLoaded(worker))
  }

  #ports(worker: VirtualWorker, incarnation: number): CorePorts {
    const { random, disk, mutant, events } = this.#parts
    const { clock, wheel, bus, place } = worker
    const entropy = new SeededEntropy(random.fork(`worker ${place.worker}`))
    const isAlive = (): boolean => worker.isAlive
    const store = disk.attach({ worker: place.worker, incarnation, isAlive, wallMs: () => clock.wallMs() })
    return {
      bus,
      clock,
      timers: wheel,
      entropy,
      seals: new KeyedSeals(this.#parts.sealKey ?? sealKeyOfOne),
      secretBox: createSecretBox(secretKey, entropy),
      store: mutant.wrapStore?.(store, (work) => events.after(0, () => worker.enter(work))) ?? store,
      log: this.#log(place.worker),
      metrics: noMetrics,
      ...(worker.links && { links: worker.links }),
      ...(this.#parts.pressureOf && { pressure: this.#parts.pressureOf(worker) }),
    }
  }

  #log(worker: number): Log {
    const { history, events } = this.#parts
    return {
      write(level, event, fields = {}) {
        if (level === 'debug') return
        history.logLines.push({ event, atMs: events.nowMs, fields })
        history.trace(events.nowMs, `worker ${worker} ${event} ${JSON.stringify(fields)}`)
      },
    }
  }

  /** Channels to every other worker that runs, and to main. */
  #connect(worker: VirtualWorker): void {
    const { events, random, weather } = this.#parts
    const delayMs = (): number => random.between(0, weather.busMaxDelayMs)
    const slot = worker.place.worker
    for (const other of this.workers) {
      if (other === worker) continue
      const [mine, theirs] = VirtualPort.pair(events, delayMs, (work, end) =>
        (end === 0 ? worker : other).enterByBus(work),
      )
      worker.bus.connect(other.place.worker, other.place.incarnation, mine.asMessagePort)
      other.enter(() => {
        // Main tells of the death before it tells of the successor, however soon that comes.
        if (worker.place.incarnation > 1) other.onPeerGone(slot)
        other.bus.connect(slot, worker.place.incarnation, theirs.asMessagePort)
        if (worker.place.incarnation > 1) other.core.onShardRestarted(slot)
      })
    }
    const [mine, theirs] = VirtualPort.pair(events, delayMs, (work, end) =>
      end === 0 ? worker.enterByBus(work) : work(),
    )
    worker.bus.connect(this.#slots.length, 1, mine.asMessagePort)
    this.#main?.connect(slot, worker.place.incarnation, theirs.asMessagePort)
  }

  #onLoaded(worker: VirtualWorker): void {
    if (!worker.isAlive) return
    worker.begin()
    this.#parts.history.trace(this.#parts.events.nowMs, `worker ${worker.place.worker} listens`)
  }

  #bury(worker: VirtualWorker): void {
    worker.end()
    this.#parts.onWorkerDied(worker)
  }
}

/** What waits for a reply, by number. */
interface Asks {
  readonly admin: Map<number, (reply: AdminReply) => void>
  readonly policy: Map<number, (reply: PolicyReply) => void>
  readonly document: Map<number, (reply: DocumentReply) => void>
}

function mainOwner(asks: Asks, flushLater: () => void, onDirectoryAsk: (ask: DirectoryAskMessage) => void): BusOwner {
  return {
    onBusMessage(message) {
      if (message.kind === 'admin-reply') take(asks.admin, message.to.number)?.(message.reply)
      else if (message.kind === 'policy-reply') take(asks.policy, message.to.number)?.(message.reply)
      else if (message.kind === 'document-reply') take(asks.document, message.to.number)?.(message.reply)
      else if (message.kind === 'directory-ask') onDirectoryAsk(message)
    },
    onBusWork: flushLater,
  }
}

function take<T>(from: Map<number, T>, number: number): T | undefined {
  const found = from.get(number)
  from.delete(number)
  return found
}
