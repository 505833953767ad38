/**
 * The virtual network between devices and workers: streams that keep order and may be cut or fall silent, datagrams
 * that may be lost, doubled and overtaken. It carries bytes and knows no SIP but for what the history notes of a
 * passing MESSAGE.
 */
import { DatagramFlow } from './datagram-flow.ts'
import type { Access, Link, LinkUser, NetworkWorker, WorkerFinder } from './link.ts'
import { Stream } from './stream.ts'
import type { Wire } from './wire.ts'

export class Network implements Access {
  readonly #wire: Wire
  readonly #workers: WorkerFinder
  readonly #streams = new Set<Stream>()
  /** Devices that listen for datagrams, by address. */
  readonly #listening = new Map<string, DatagramLink>()
  /** Flows of the workers that know a peer, by worker. */
  readonly #peers = new WeakMap<NetworkWorker, Map<string, DatagramFlow>>()

  constructor(wire: Wire, workers: WorkerFinder) {
    this.#wire = wire
    this.#workers = workers
  }

  connect(address: string, user: LinkUser): Link | null {
    const worker = this.#workers.forStream(this.#wire.random.word())
    if (!worker) return null
    const { splitProbability } = this.#wire.weather
    const stream = new Stream(this.#wire, worker, { address, splitProbability }, user, () =>
      this.#streams.delete(stream),
    )
    this.#streams.add(stream)
    return stream.deviceEnd
  }

  listen(address: string, user: LinkUser): Link {
    const link = new DatagramLink(this, address, user)
    this.#listening.set(address, link)
    return link
  }

  /** Streams that are open now, in the order of their opening. */
  get streams(): readonly Stream[] {
    return [...this.#streams]
  }

  /** The worker is gone, and with it the other end of its flows. */
  workerDied(worker: NetworkWorker): void {
    for (const stream of this.streams) if (stream.worker === worker) stream.serverDied()
    this.#peers.delete(worker)
  }

  /** A datagram of a device: for each copy that arrives at all, it finds whoever owns the peer then. */
  toServer(address: string, bytes: Uint8Array): void {
    this.#scatter(() => {
      const worker = this.#workers.forPeer(address)
      if (!worker?.isListening) return
      const flow = this.#flowOf(worker, address)
      this.#wire.history.trace(this.#wire.events.nowMs, `${address} ─► udp`, bytes)
      flow.noteResponse(bytes)
      worker.sink.onFlowMessage(flow, Buffer.from(bytes))
    })
  }

  toDevice(address: string, bytes: Uint8Array): void {
    this.#scatter(() => {
      const link = this.#listening.get(address)
      if (!link) return
      this.#wire.history.trace(this.#wire.events.nowMs, `${address} ◄─ udp`, bytes)
      link.user.onBytes(Buffer.from(bytes))
    })
  }

  stopListening(address: string): void {
    this.#listening.delete(address)
  }

  #flowOf(worker: NetworkWorker, address: string): DatagramFlow {
    let peers = this.#peers.get(worker)
    if (!peers) {
      peers = new Map()
      this.#peers.set(worker, peers)
    }
    let flow = peers.get(address)
    if (!flow) {
      flow = new DatagramFlow(this.#wire, address, (bytes) => this.toDevice(address, bytes))
      peers.set(address, flow)
      worker.sink.onFlowOpened(flow)
    }
    return flow
  }

  #scatter(deliver: () => void): void {
    const { events, random, weather } = this.#wire
    const copies = random.chance(weather.lossProbability) ? 0 : random.chance(weather.doubleProbability) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) events.after(weather.delayMs(random), deliver)
  }
}

class DatagramLink implements Link {
  readonly isStream = false
  readonly user: LinkUser
  readonly #network: Network
  readonly #address: string
  #isOpen = true

  constructor(network: Network, address: string, user: LinkUser) {
    this.#network = network
    this.#address = address
    this.user = user
  }

  send(bytes: Uint8Array): void {
    if (this.#isOpen) this.#network.toServer(this.#address, bytes)
  }

  close(): void {
    this.#isOpen = false
    this.#network.stopListening(this.#address)
  }
}
