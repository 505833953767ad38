/**
 * Users whom this shard does not know and a directory may: what is for them waits until main has asked it. Whoever is
 * nobody stays so for a while, so that a name that is guessed again costs no question again.
 */
import { RecentMap } from '../guard/index.ts'
import type { Bus, BusMessage } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { DirectoryAnswerMessage } from '../ports/directory-bus.ts'
import type { Timers, TimerTarget } from '../ports/timers.ts'
import type { Aor } from '../sip/uri/aor.ts'

/** Questions of one shard at once: more are a flood of names, and are answered as nobody's. */
const awaitedMax = 256
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

export interface AwaitedPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly bus: Bus
}

export class AwaitedUsers {
  readonly #ports: AwaitedPorts
  readonly #handle: (message: BusMessage) => void
  readonly #byAor = new Map<Aor, Awaited>()
  readonly #nobodies = new RecentMap<Aor, number>(nobodiesMax)
  #count = 0

  /** `handle`: what has waited is to be handled now, whoever the user is. */
  constructor(ports: AwaitedPorts, handle: (message: BusMessage) => void) {
    this.#ports = ports
    this.#handle = handle
  }

  /** True: it waits. False: as far as is known the user is nobody's. */
  takes(message: BusMessage, aor: Aor): boolean {
    const awaited = this.#byAor.get(aor) ?? this.#await(aor)
    if (awaited === null || awaited.messages.length >= waitingMax) return false
    awaited.messages.push(message)
    return true
  }

  onAnswer({ aor, to, outcome }: DirectoryAnswerMessage): void {
    const awaited = this.#byAor.get(aor)
    if (awaited?.number !== to.number) return
    if (outcome === 'nobody') this.#nobodies.set(aor, this.#ports.clock.monotonicMs() + nobodyKeptMs)
    this.#release(awaited)
  }

  #await(aor: Aor): Awaited | null {
    const { clock, timers, bus } = this.#ports
    if (this.#byAor.size >= awaitedMax || (this.#nobodies.get(aor) ?? 0) > clock.monotonicMs()) return null
    const awaited = new Awaited(aor, ++this.#count, (late) => this.#release(late))
    const { worker, incarnation, workersCount } = bus
    const from = { worker, incarnation, half: 'shard', number: awaited.number } as const
    // Main is the peer behind the last worker.
    if (!bus.send(workersCount, { kind: 'directory-ask', from, aor })) return null
    this.#byAor.set(aor, awaited)
    timers.set(deadlineMs, awaited, 0)
    return awaited
  }

  #release(awaited: Awaited): void {
    if (this.#byAor.get(awaited.aor) !== awaited) return
    this.#byAor.delete(awaited.aor)
    for (const message of awaited.messages) this.#handle(message)
  }
}
