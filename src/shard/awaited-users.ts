/**
 * Users whom this shard does not know and a directory may: what is for them waits until main has asked it. Whoever is
 * nobody stays so for a while, so that a name that is guessed again costs no question again.
 */
import { RecentMap } from '../guard/index.ts'
import type { Bus, BusMessage } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { DirectoryAnswerMessage } from '../ports/directory-bus.ts'
import type { WatchesMessage } from '../ports/presence-bus.ts'
import type { Timers, TimerTarget } from '../ports/timers.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { mayBeInDirectory, ownerOf } from './message-parts.ts'

/** Questions of one shard at once: more are a flood of names, and are not asked. */
const awaitedMax = 256
/** Lists name many at once: the rest is for those who sign in or are written to. */
const watchedMax = awaitedMax / 2
/** After the directory could not say who somebody is that is watched. */
const lookAgainMs = 2_000
/** Of one user. */
const waitingMax = 100
/** An account may be made at any time; whoever changes is told by the follower anyway. */
const nobodyKeptMs = 10_000
const nobodiesMax = 50_000
/** Shorter than a client's patience, longer than two catalogs' deadlines. */
const deadlineMs = 10_000

class Awaited implements TimerTarget {
  readonly aor: Aor
  readonly number: number
  readonly messages: BusMessage[] = []
  readonly #onDeadline: (awaited: Awaited) => void

  constructor(aor: Aor, number: number, onDeadline: (awaited: Awaited) => void) {
    this.aor = aor
    this.number = number
    this.#onDeadline = onDeadline
  }

  onTimer(): void {
    this.#onDeadline(this)
  }
}

/** Somebody who is watched and whom the directory could not look up: that nobody is called that was not said. */
class Doubtful implements TimerTarget {
  readonly aor: Aor
  watches: readonly WatchesMessage[]
  readonly #onTimer: (doubtful: Doubtful) => void

  constructor(aor: Aor, watches: readonly WatchesMessage[], onTimer: (doubtful: Doubtful) => void) {
    this.aor = aor
    this.watches = watches
    this.#onTimer = onTimer
  }

  onTimer(): void {
    this.#onTimer(this)
  }
}

export interface AwaitedPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly bus: Bus
  /** Where there are other servers whoever watches looks for his home there, also while the directory is silent. */
  readonly elsewhere: object | null
}

export interface AwaitedOwner {
  /** What has waited is to be handled now; `isSure`: the directory has said who the user is, or that he is nobody. */
  handle(message: BusMessage, isSure: boolean): void
  /** He is a user of this shard. */
  knows(aor: Aor): boolean
}

export class AwaitedUsers {
  readonly #ports: AwaitedPorts
  readonly #owner: AwaitedOwner
  readonly #byAor = new Map<Aor, Awaited>()
  readonly #doubtful = new Map<Aor, Doubtful>()
  readonly #nobodies = new RecentMap<Aor, number>(nobodiesMax)
  /** By place, while any watch waits: the newest number of the watches that it has named. */
  readonly #newestNamed = new Map<number, number>()
  #count = 0

  constructor(ports: AwaitedPorts, owner: AwaitedOwner) {
    this.#ports = ports
    this.#owner = owner
  }

  /** What is for users of whom the directory is to be asked first waits; the rest is returned. */
  leave(message: BusMessage): BusMessage | null {
    if (message.kind === 'watches') return this.takesWatches(message)
    const aor = mayBeInDirectory(message) ? ownerOf(message) : null
    return aor !== null && !this.#owner.knows(aor) && this.takes(message, aor) ? null : message
  }

  /** False: the directory has said that the user is nobody. */
  takes(message: BusMessage, aor: Aor): boolean {
    if (this.#waits(message, aor)) return true
    if (this.#isNobody(aor)) return false
    this.#owner.handle(message, false)
    return true
  }

  /** False: he is nobody, or cannot be asked for now. */
  #waits(message: BusMessage, aor: Aor): boolean {
    const awaited = this.#byAor.get(aor) ?? this.#await(aor)
    if (awaited === null || awaited.messages.length >= waitingMax) return false
    awaited.messages.push(message)
    return true
  }

  /** Each watch waits for its own presentity; the rest is returned. */
  takesWatches(message: WatchesMessage): WatchesMessage | null {
    const left = message.entries.filter(
      (entry) => !this.#takesWatch({ ...message, entries: [entry] }, entry.presentity),
    )
    if (this.#byAor.size + this.#doubtful.size > 0) this.#newestNamed.set(message.worker, message.number)
    if (left.length === message.entries.length) return message
    return left.length === 0 ? null : { ...message, entries: left }
  }

  onAnswer({ aor, to, outcome }: DirectoryAnswerMessage): void {
    const awaited = this.#byAor.get(aor)
    if (awaited?.number !== to.number) return
    if (outcome === 'nobody') this.#nobodies.set(aor, this.#ports.clock.monotonicMs() + nobodyKeptMs)
    this.#release(awaited, outcome !== 'unsure')
  }

  /** The end of a watch asks for nobody, and does not overtake its beginning. */
  #takesWatch(watch: WatchesMessage, aor: Aor): boolean {
    const doubtful = this.#doubtful.get(aor)
    if (doubtful) {
      // A watcher's last word is enough, and he may change his mind as often as he likes.
      const others = doubtful.watches.filter(({ watcher }) => watcher !== watch.watcher)
      if (others.length >= waitingMax) return false
      doubtful.watches = [...others, watch]
      return true
    }
    if (this.#byAor.has(aor)) return this.#waits(watch, aor)
    const isFull = this.#byAor.size + this.#doubtful.size >= watchedMax
    return watch.isWanted && !isFull && !this.#owner.knows(aor) && this.#waits(watch, aor)
  }

  #await(aor: Aor): Awaited | null {
    const { timers, bus } = this.#ports
    if (this.#byAor.size >= awaitedMax || this.#isNobody(aor)) return null
    const awaited = new Awaited(aor, ++this.#count, (late) => this.#release(late, false))
    const { worker, incarnation, workersCount } = bus
    const from = { worker, incarnation, half: 'shard', number: awaited.number } as const
    // Main is the peer behind the last worker.
    if (!bus.send(workersCount, { kind: 'directory-ask', from, aor })) return null
    this.#byAor.set(aor, awaited)
    timers.set(deadlineMs, awaited, 0)
    return awaited
  }

  #isNobody(aor: Aor): boolean {
    return (this.#nobodies.get(aor) ?? 0) > this.#ports.clock.monotonicMs()
  }

  #release(awaited: Awaited, isSure: boolean): void {
    const { aor, messages } = awaited
    if (this.#byAor.get(aor) !== awaited) return
    this.#byAor.delete(aor)
    const waitsOn = !isSure && this.#ports.elsewhere === null
    const watches = waitsOn ? messages.filter((message) => message.kind === 'watches') : []
    if (watches.length > 0) this.#doubt(aor, watches)
    this.#handle(waitsOn ? messages.filter(({ kind }) => kind !== 'watches') : messages, isSure)
  }

  #doubt(aor: Aor, watches: readonly WatchesMessage[]): void {
    const doubtful = new Doubtful(aor, watches, (late) => this.#lookAgain(late))
    this.#doubtful.set(aor, doubtful)
    this.#ports.timers.set(lookAgainMs, doubtful, 0)
  }

  #lookAgain({ aor, watches }: Doubtful): void {
    this.#doubtful.delete(aor)
    this.#handle(this.#owner.knows(aor) ? watches : watches.filter((watch) => !this.#waits(watch, aor)), false)
  }

  #handle(messages: readonly BusMessage[], isSure: boolean): void {
    for (const message of messages) this.#owner.handle(this.#asHeardNow(message), isSure)
    if (this.#byAor.size + this.#doubtful.size === 0) this.#newestNamed.clear()
  }

  /** What its shard has named meanwhile has been heard: the number of one that has waited would take that back. */
  #asHeardNow(message: BusMessage): BusMessage {
    if (message.kind !== 'watches') return message
    return { ...message, number: this.#newestNamed.get(message.worker) ?? message.number }
  }
}
