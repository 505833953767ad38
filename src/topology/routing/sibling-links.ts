/**
 * Links of the other workers of this server: what a worker without a link of its own to some server sends there goes by
 * one that has a link. Only asks and their replies do; facts keep their order, and wait for the own link.
 */
import type { Bus, BusKind, BusMessage } from '../../ports/bus.ts'
import type { LinkPeer, Links } from '../../ports/links.ts'
import type { CarryMessage, LinkStateMessage } from '../../ports/topology-bus.ts'
import { decodeBatch, encodeMessage } from '../links/batch-codec.ts'
import { replyNumber } from './asks.ts'
import { failures } from './refusals.ts'
import type { ServerPlaces } from './server-places.ts'

export interface SiblingsOwner {
  /** That server runs, and another worker has a link to it. */
  onLearned(peer: LinkPeer): void
  /** What that worker carried there, or was answered by way of its link, may be lost. */
  onCarrierLoss(server: string, carrier: number): void
}

/** What is answered one by one. A barrier, or what is said of watches, must stay behind the facts before it. */
const carried: ReadonlySet<BusKind> = new Set([
  'request',
  'forward',
  'cancel',
  'whose',
  'answer',
  'targets',
  'outcome',
  'home-is',
  'wrong-home',
])

export class SiblingLinks {
  readonly #bus: Bus
  readonly #links: Links
  readonly #places: ServerPlaces
  readonly #owner: SiblingsOwner
  /** By server: the workers that have a link to it, and how often theirs had come up. */
  readonly #carriers = new Map<string, Map<number, number>>()
  /** What the others were told last. */
  readonly #told = new Map<string, LinkStateMessage>()

  constructor(ports: { readonly bus: Bus; readonly links: Links }, places: ServerPlaces, owner: SiblingsOwner) {
    this.#bus = ports.bus
    this.#links = ports.links
    this.#places = places
    this.#owner = owner
  }

  /** By this worker's link, or by another one's. */
  reaches(server: string): boolean {
    return this.#places.isUp(server) || this.#carriers.has(server)
  }

  /** Null: by the own link, also where that is down and nobody else has one. */
  carrierOf(server: string, { kind }: BusMessage): number | null {
    if (this.#places.isUp(server) || !carried.has(kind)) return null
    const [carrier] = this.#carriers.get(server)?.keys() ?? []
    return carrier ?? null
  }

  /** False: it was refused. `carrier`: see `carrierOf`. */
  send(carrier: number | null, server: string, worker: number, message: BusMessage): boolean {
    if (carrier === null) return this.#links.send(server, worker, message)
    const frame = encodeMessage(worker, message)
    return frame !== null && this.#bus.send(carrier, { kind: 'carry', server, frame })
  }

  ownUp({ name, bootId, workersCount }: LinkPeer): void {
    const upCount = (this.#told.get(name)?.upCount ?? 0) + 1
    this.#say({ kind: 'link-state', worker: this.#bus.worker, server: name, isUp: true, bootId, workersCount, upCount })
  }

  /** What came back by one of its links may be lost, for whoever had asked. */
  ownLoss(peer: LinkPeer): void {
    this.ownUp(peer)
  }

  ownDown({ name }: LinkPeer): void {
    const told = this.#told.get(name)
    if (told) this.#say({ ...told, isUp: false })
  }

  /** That worker has begun anew, and knows nothing of this. */
  tell(worker: number): void {
    for (const state of this.#told.values()) this.#bus.send(worker, state)
  }

  /** That worker is gone, and its links with it. */
  gone(worker: number): void {
    for (const server of [...this.#carriers.keys()]) this.#drop(server, worker)
  }

  /** A bus message for this worker. True: it was about links of workers. */
  receives(message: BusMessage): boolean {
    if (message.kind === 'link-state') this.#heard(message)
    else if (message.kind === 'carry') this.#carry(message)
    else return false
    return true
  }

  #say(state: LinkStateMessage): void {
    this.#told.set(state.server, state)
    for (let worker = 0; worker < this.#bus.workersCount; worker++) {
      if (worker !== this.#bus.worker) this.#bus.send(worker, state)
    }
  }

  #heard({ worker, server, isUp, bootId, workersCount, upCount }: LinkStateMessage): void {
    const known = this.#carriers.get(server)?.get(worker)
    if (known !== undefined && (!isUp || known !== upCount)) this.#drop(server, worker)
    if (!isUp) return
    const carriers = this.#carriers.get(server) ?? new Map<number, number>()
    this.#carriers.set(server, carriers.set(worker, upCount))
    // The own link has said so itself, or will.
    if (!this.#places.isUp(server)) this.#owner.onLearned({ name: server, bootId, workersCount })
  }

  #drop(server: string, worker: number): void {
    const carriers = this.#carriers.get(server)
    if (!carriers?.delete(worker)) return
    if (carriers.size === 0) this.#carriers.delete(server)
    this.#owner.onCarrierLoss(server, worker)
  }

  /** For another worker of this server. That our link is gone it hears of itself; of a full one it is told. */
  #carry({ server, frame }: CarryMessage): void {
    const { messages } = decodeBatch(Buffer.from(frame))
    for (const { worker, message } of messages) {
      if (this.#links.send(server, worker, message) || !('from' in message)) continue
      for (const reply of failures(message, false)) {
        const number = replyNumber(reply.to.number, this.#places.numberOf(server))
        this.#bus.send(reply.to.worker, { ...reply, to: { ...reply.to, number } })
      }
    }
  }
}
