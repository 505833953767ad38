/**
 * Servers with links between them in memory, in virtual time: what is sent lies on the way until it is delivered, and
 * connections can be cut, held up or refused. Certificates are names here; the real ones are tested by themselves.
 */
import type { BusMessage } from '../../src/ports/bus.ts'
import type { LinkFlow, LinkFlowSink } from '../../src/ports/link-flow.ts'
import type { LinkPeer, LinkSink } from '../../src/ports/links.ts'
import type { LogFields } from '../../src/ports/log.ts'
import type { ServerRole, Topology, TopologyServer } from '../../src/ports/topology.ts'
import { MetricsRegistry } from '../../src/runtime/index.ts'
import { LinkPool } from '../../src/topology/index.ts'
import type { OverloadFeedback } from '../../src/topology/overload/feedback.ts'
import { VirtualTime } from './virtual-time.ts'

export function topologyOf(servers: Readonly<Record<string, ServerRole>>, version = 1): Topology {
  const list = Object.entries(servers).map(
    ([name, role]): TopologyServer => ({ name, role, linkHost: name, linkPort: 5061, clientUri: null }),
  )
  return { version, domains: ['example.test'], servers: list, deniedFingerprints: [] }
}

/** What the core has heard, in words. */
export class HeardLinks implements LinkSink {
  readonly words: string[] = []
  readonly messages: { readonly from: string; readonly worker: number; readonly message: BusMessage }[] = []
  onMessage: (message: BusMessage) => void = () => {}

  onPeerUp({ name, bootId }: LinkPeer): void {
    this.words.push(`${name} up ${bootId.slice(-1)}`)
  }

  readonly lost: string[] = []

  onPeerLoss({ name }: LinkPeer): void {
    this.lost.push(name)
  }

  onPeerDown({ name, bootId }: LinkPeer): void {
    this.words.push(`${name} down ${bootId.slice(-1)}`)
  }

  onPeerMessage({ name }: LinkPeer, worker: number, message: BusMessage): void {
    this.messages.push({ from: name, worker, message })
    this.onMessage(message)
  }
}

export class LinkServer {
  readonly name: string
  readonly heard = new HeardLinks()
  readonly lines: { readonly event: string; readonly fields: LogFields }[] = []
  readonly metrics = new MetricsRegistry()
  readonly pool: LinkPool
  /** Names that this server believes nobody to have, whatever it shows. */
  readonly disbelieved = new Set<string>()
  skewMs = 0
  /** What it asks of its peers (RFC 7339). */
  feedback: OverloadFeedback = { lossPercent: 0, validityMs: 0, sequence: 0 }
  /** Connections from here fail. */
  isCutOff = false

  constructor(world: LinkWorld, name: string, role: ServerRole, start: number) {
    this.name = name
    let words = 0
    const own = { name, role, bootId: `000000000000000${start}`, workersCount: 2 }
    const clock = {
      monotonicMs: () => world.time.monotonicMs(),
      wallMs: () => world.time.monotonicMs(),
      systemMs: () => world.time.monotonicMs() + this.skewMs,
    }
    this.pool = new LinkPool(
      own,
      world.topology,
      {
        clock,
        timers: world.time.timers,
        entropy: { bytes: (count) => Buffer.alloc(count, 0x80), word: () => `${name}-${start}-${words++}` },
        log: { write: (_level, event, fields = {}) => void this.lines.push({ event, fields }) },
        metrics: this.metrics,
        dial: (server, sink) => world.dial(this, server, sink),
        check: (_evidence, peer) =>
          this.disbelieved.has(peer.name)
            ? { reason: 'revoked', expected: 'good', seen: 'bad', names: peer.name }
            : null,
        ownIntermediates: () => [],
        onWork: () => {},
        feedback: () => this.feedback,
      },
      this.heard,
    )
  }

  events(): string[] {
    return this.lines.map(({ event }) => event)
  }

  /** The messages heard, in words. */
  said(): string[] {
    return this.heard.messages.map(({ message }) =>
      message.kind === 'epoch'
        ? `epoch ${message.epoch}`
        : 'from' in message && 'number' in message.from
          ? `${message.kind} ${message.from.number}`
          : message.kind,
    )
  }
}

/** One end of a connection in memory. */
export class MemoryFlow implements LinkFlow {
  readonly remoteAddress = '192.0.2.1'
  readonly remotePort = 5061
  readonly evidence = { chain: [], isResumed: false, distrust: null }
  readonly bufferedBytes = 0
  readonly #world: LinkWorld
  /** Null until the accepting side has taken it for a link. */
  sink: LinkFlowSink | null = null
  other!: MemoryFlow
  owner: LinkServer | null = null
  isGone = false
  /** What the other end sends is lost, and nobody hears of it: half-open. */
  isDeaf = false

  constructor(world: LinkWorld) {
    this.#world = world
  }

  send(bytes: Uint8Array): void {
    if (!this.isGone) this.#world.put(() => this.other.#receive(Buffer.from(bytes)))
  }

  ping(): void {
    this.#world.put(() => {
      if (this.other.isGone || this.other.isDeaf) return
      this.other.sink?.onLinkKeepAlive()
      this.#world.put(() => this.isDeaf || this.isGone || this.sink?.onLinkKeepAlive())
    })
  }

  close(reason: string): void {
    this.#world.put(() => this.end(reason, 'transport.peer-closed'))
  }

  cut(reason: string): void {
    this.end(reason, 'transport.peer-reset')
  }

  end(own: string, others: string): void {
    if (this.isGone) return
    this.isGone = true
    this.sink?.onLinkClosed(own)
    if (!this.other.isDeaf) this.#world.put(() => this.other.end(others, own))
  }

  #receive(bytes: Buffer): void {
    if (this.isGone || this.isDeaf) return
    if (this.sink) this.sink.onLinkMessage(bytes)
    else if (this.owner?.pool.isHello(bytes)) this.sink = this.owner.pool.accept(this, bytes)
  }
}

export class LinkWorld {
  readonly time = new VirtualTime()
  topology: Topology
  readonly servers = new Map<string, LinkServer>()
  /** The ends that have connected, in the order in which they did. */
  readonly flows: MemoryFlow[] = []
  #onTheWay: (() => void)[] = []

  constructor(topology: Topology) {
    this.topology = topology
  }

  /** Begins a server, or begins it anew. */
  start(name: string, start = 1): LinkServer {
    const { role } = this.topology.servers.find((each) => each.name === name)!
    const server = new LinkServer(this, name, role, start)
    this.servers.set(name, server)
    server.pool.start()
    return server
  }

  async dial(from: LinkServer, { name }: TopologyServer, sink: LinkFlowSink): Promise<LinkFlow> {
    const to = this.servers.get(name)
    if (!to || from.isCutOff) throw new Error(`nobody answers at ${name}`)
    const [near, far] = [new MemoryFlow(this), new MemoryFlow(this)]
    near.other = far
    far.other = near
    near.sink = sink
    far.owner = to
    this.flows.push(near)
    return near
  }

  put(delivery: () => void): void {
    this.#onTheWay.push(delivery)
  }

  /** Delivers one thing that is on the way. False: there was none. */
  deliverOne(): boolean {
    const delivery = this.#onTheWay.shift()
    delivery?.()
    return delivery !== undefined
  }

  /** Until nothing is on the way and nobody has anything to say. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 1_000; turn++) {
      // Connections are made asynchronously.
      await Promise.resolve()
      for (const { pool } of this.servers.values()) pool.flush()
      if (!this.deliverOne() && turn > 20) return
      while (this.deliverOne());
    }
  }

  /** All processes did nothing for so long. */
  standStill(ms: number): void {
    this.time.jumpTo(this.time.monotonicMs() + ms)
  }

  /** Time passes, and what it causes is delivered step by step. */
  async pass(ms: number): Promise<void> {
    const end = this.time.monotonicMs() + ms
    while (this.time.monotonicMs() < end) {
      this.time.advanceTo(Math.min(end, this.time.monotonicMs() + 100))
      for (const { pool } of this.servers.values()) pool.flush()
      for (let turn = 0; turn < 8; turn++) {
        await Promise.resolve()
        while (this.deliverOne());
      }
    }
    await this.settle()
  }
}
