/**
 * The bus over MessagePorts: one post per destination and tick, at most 8 unconfirmed batches per destination. What is
 * in no hurry waits for others or for the end of a turn of timers, since a post wakes a thread, and so does its
 * confirmation.
 * Messages to the own worker never leave the thread. Facts are kept while a destination is down or slow, the newest
 * per (kind, key).
 */
import type { MessagePort } from 'node:worker_threads'
import type { Bus, BusMessage } from '../ports/bus.ts'
import { WaitingFacts } from '../ports/waiting-facts.ts'
import { Backlog } from './backlog.ts'
import { type Packed, packMessages, unpackMessages } from './bus-codec.ts'

const unconfirmedMax = 8
/** Asks waiting for one destination; beyond that it does not keep up, and the asker is told so at once. */
const asksWaitingMax = 20_000

/** So many batches that were taken are confirmed at once; fewer wait for a post that goes there anyway. */
const confirmedAtOnce = 4

/** What crosses: a batch, and how many batches of the other side have been taken since the last post. */
interface Post {
  readonly messages: readonly Packed[]
  readonly confirmed: number
}

interface Peer {
  port: MessagePort | null
  incarnation: number
  /** Batches of ours that it has not said that it took. */
  unconfirmed: number
  /** Batches of its that were taken, and it has not been told. */
  takenUntold: number
  /** Something waits that somebody waits for. */
  isHurried: boolean
  readonly waiting: BusMessage[]
  readonly facts: WaitingFacts
}

export interface BusOwner {
  /** One message for this worker. */
  onBusMessage(message: BusMessage): void
  /** Something waits to be posted or handled: `flush` should be called at the end of this turn. */
  onBusWork(): void
}

export class PortBus implements Bus {
  readonly worker: number
  readonly incarnation: number
  readonly workersCount: number
  readonly #owner: BusOwner
  readonly #peers: Peer[]
  /** Messages to this worker. */
  readonly #own: Backlog<BusMessage>

  /** The last peer is main, which takes only replies to its own asks. */
  constructor(
    place: { worker: number; incarnation: number; workersCount: number },
    owner: BusOwner,
    own = new Backlog<BusMessage>(() => 0),
  ) {
    this.#own = own
    this.worker = place.worker
    this.incarnation = place.incarnation
    this.workersCount = place.workersCount
    this.#owner = owner
    this.#peers = Array.from({ length: place.workersCount + 1 }, () => newPeer())
  }

  send(worker: number, message: BusMessage): boolean {
    this.#owner.onBusWork()
    if (worker === this.worker) {
      this.#own.add(message)
      return true
    }
    const peer = this.#peers[worker]
    if (!peer) return false
    if (peer.facts.add(message)) {
      peer.isHurried = true
      return true
    }
    if (!peer.port || peer.waiting.length >= asksWaitingMax) return false
    if (!mayWait(message)) peer.isHurried = true
    peer.waiting.push(message)
    return true
  }

  /** Asks that wait for the worker that is slowest to take them. */
  get waitingCount(): number {
    return Math.max(...this.#peers.map(({ waiting }) => waiting.length))
  }

  /** A worker, or its successor, is there. */
  connect(worker: number, incarnation: number, port: MessagePort): void {
    const peer = this.#peers[worker]
    if (!peer) return
    peer.port?.close()
    peer.port = port
    peer.incarnation = incarnation
    peer.unconfirmed = 0
    peer.takenUntold = 0
    // A predecessor's last words would be counted as the successor's.
    port.on('message', (post: Post) => peer.port === port && this.#onPost(peer, post))
    this.#owner.onBusWork()
  }

  /** The worker is gone: what waits for it would be answered by nobody. */
  disconnect(worker: number): void {
    const peer = this.#peers[worker]
    if (!peer) return
    peer.port?.close()
    peer.port = null
    peer.waiting.length = 0
    peer.isHurried = false
  }

  /**
   * Handles the messages to this worker, for a slice of time at most, then posts the batches of this tick.
   * `isTurnOver`: also what is in no hurry.
   */
  flush(isTurnOver = true): void {
    this.#own.work((message) => this.#owner.onBusMessage(message))
    if (!this.#own.isEmpty) this.#owner.onBusWork()
    for (const peer of this.#peers) {
      if (isTurnOver || peer.isHurried) this.#post(peer)
      if (peer.takenUntold >= confirmedAtOnce) this.#postTo(peer, [], [])
    }
  }

  close(): void {
    for (const peer of this.#peers) peer.port?.close()
  }

  #post(peer: Peer): void {
    if (!peer.port || peer.unconfirmed >= unconfirmedMax || (peer.waiting.length === 0 && peer.facts.isEmpty)) return
    const transfer: ArrayBuffer[] = []
    const messages = packMessages([...peer.facts.take(), ...peer.waiting], transfer)
    peer.waiting.length = 0
    peer.isHurried = false
    peer.unconfirmed++
    this.#postTo(peer, messages, transfer)
  }

  #postTo(peer: Peer, messages: readonly Packed[], transfer: ArrayBuffer[]): void {
    peer.port?.postMessage({ messages, confirmed: peer.takenUntold } satisfies Post, transfer)
    peer.takenUntold = 0
  }

  #onPost(peer: Peer, post: Post): void {
    this.#owner.onBusWork()
    peer.unconfirmed -= post.confirmed
    if (post.messages.length === 0) return
    // Before they are handled: who throws in the midst of them has taken them.
    peer.takenUntold++
    unpackMessages(post.messages, (message) => this.#owner.onBusMessage(message))
  }
}

function newPeer(): Peer {
  return {
    port: null,
    incarnation: 0,
    unconfirmed: 0,
    takenUntold: 0,
    isHurried: false,
    waiting: [],
    facts: new WaitingFacts(),
  }
}

/**
 * That a NOTIFY was taken: the next one is not owed yet, or comes some milliseconds later. When thousands are told at
 * once their answers come one by one, and each would be a post.
 */
function mayWait(message: BusMessage): boolean {
  return message.kind === 'outcome' && message.to.half === 'events' && message.status >= 200 && message.status < 300
}
