/**
 * The links of one worker to all other servers of the topology, as the core sees them (`src/ports/links.ts`): connects
 * to each, takes what connects here, and checks both whenever it begins and whenever that on which it rests has
 * changed. No switch turns a check off. Sockets are `src/transport/`'s, certificates `src/certificates/`'s.
 */
import type { BusMessage } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Entropy } from '../../ports/entropy.ts'
import type { CertificateRefusal, CheckPeer, ClaimedPeer, LinkFlow, LinkFlowSink } from '../../ports/link-flow.ts'
import type { LinkSink, Links } from '../../ports/links.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { TimerHandle, Timers } from '../../ports/timers.ts'
import type { ServerRole, Topology, TopologyServer } from '../../ports/topology.ts'
import { encodeResponse } from '../../sip/message/encode.ts'
import { parseMessage } from '../../sip/message/parse.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import type { OverloadFeedback } from '../overload/feedback.ts'
import { parseLinkMessage } from './batch-message.ts'
import { type ConnectionOwner, LinkConnection } from './connection.ts'
import { LinkEvent } from './events.ts'
import { encodeHello, encodeHelloAnswer, type Hello, isHello, readHello } from './hello.ts'
import { sweepMs } from './limits.ts'
import { linkMetrics } from './link-metrics.ts'
import { protocolMajor, protocolMinor } from './message-shapes.ts'
import { PeerLinks } from './peer-links.ts'
import type { LinkStatus } from './status.ts'

export interface LinkPoolPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly entropy: Entropy
  readonly log: Log
  readonly metrics: Metrics
  /** Connects to that server by TLS; rejects where that fails. The sink hears what comes over the flow. */
  readonly dial: (server: TopologyServer, sink: LinkFlowSink) => Promise<LinkFlow>
  readonly check: CheckPeer
  /** DER of the authorities above this server's own certificate, as far as its file has them. */
  readonly ownIntermediates: () => readonly Uint8Array[]
  /** Something waits to be sent: `flush` should be called at the end of this turn. */
  readonly onWork: () => void
  /** What peers are told when this server is overloaded (RFC 7339); absent: nothing. */
  readonly feedback?: () => OverloadFeedback
}

export interface LinkedServer {
  /** As in the topology. */
  readonly name: string
  readonly role: ServerRole
  readonly bootId: string
  readonly workersCount: number
}

/** A process that stood still has lost one step of its links' time, and cuts nobody for its own absence. */
const longestStepMs = 2 * sweepMs

export class LinkPool implements Links {
  readonly #own: LinkedServer
  readonly #ports: LinkPoolPorts
  readonly #sink: LinkSink
  readonly #peers = new Map<string, PeerLinks>()
  #topology: Topology
  #timer: TimerHandle | null = null
  #nowMs = 0
  #sweptMs: number
  #isClosed = false

  constructor(own: LinkedServer, topology: Topology, ports: LinkPoolPorts, sink: LinkSink) {
    this.#own = own
    this.#topology = topology
    this.#ports = ports
    this.#sink = sink
    this.#sweptMs = ports.clock.monotonicMs()
  }

  /** Connects to all servers of the topology that it has to do with. */
  start(): void {
    this.#followTopology()
    this.#sweep()
  }

  send(server: string, worker: number, message: BusMessage): boolean {
    return this.#peers.get(server)?.send(worker, message) ?? false
  }

  cut(server: string): void {
    this.#peers.get(server)?.cut(LinkEvent.blockUnconfirmed)
  }

  sheds(server: string, message: BusMessage): number | null {
    return this.#peers.get(server)?.sheds(message) ?? null
  }

  /** Asks that wait for the link that is slowest. */
  get waitingCount(): number {
    return Math.max(0, ...this.#peers.values().map((peer) => peer.waitingCount))
  }

  /** Sends what waits: at the end of each turn in which anything was sent. */
  flush(): void {
    for (const peer of this.#peers.values()) peer.flush()
  }

  /** Whether this is how a link begins; only then `accept` is for it. */
  isHello(bytes: Buffer): boolean {
    // Cheap for what is none: nearly every first message of a client is no OPTIONS.
    if (bytes.toString('latin1', 0, 8) !== 'OPTIONS ') return false
    const { message } = parseMessage(bytes)
    return message !== null && isHello(message)
  }

  /**
   * A peer that has connected here says that it is a server. Answers; where it has proved it the sink for all that
   * follows comes back, else null: it is a client like any other.
   */
  accept(flow: LinkFlow, bytes: Buffer): LinkFlowSink | null {
    const request = parseLinkMessage(bytes)
    if (request === null) return null
    const hello = readHello(request)
    if (hello === null) return this.#refuse(flow, request, 400, 'No Hello Of A Link')
    if (hello.protocol.major !== protocolMajor) {
      this.#logProtocol(hello, flow)
      return this.#refuse(flow, request, 488, protocolText(hello))
    }
    const peer = this.#peers.get(hello.name)
    if (!this.#isBelieved(flow, hello, hello.intermediates))
      return this.#refuse(flow, request, 403, 'No Server Of This Topology')
    if (!peer || this.#isClosed) return this.#refuse(flow, request, 403, 'No Links To This Server')
    const connection = this.#newConnection(hello.name, false, peer)
    connection.attach(flow)
    connection.send(encodeHelloAnswer(request, this.#hello()))
    if (peer.accept(connection, hello)) return connection
    this.#ports.log.write('warn', LinkEvent.tooMany, { peer: hello.name, remoteAddress: flow.remoteAddress })
    connection.close(LinkEvent.tooMany)
    return connection
  }

  /** Servers, roles or the deny list have changed: what does not hold any more ends now. */
  setTopology(topology: Topology): void {
    this.#topology = topology
    this.#followTopology()
    this.recheck()
  }

  /** Authorities or revocation lists have changed: each link is checked again, and ends now if it fails. */
  recheck(): void {
    for (const peer of this.#peers.values()) {
      for (const connection of [...peer.connections]) {
        const { flow, hello } = connection
        if (flow && hello && !this.#isBelieved(flow, hello, hello.intermediates)) peer.distrust(connection)
      }
    }
  }

  /** Of those that this server has to do with. */
  status(): readonly LinkStatus[] {
    return [...this.#peers.values()].filter(({ server }) => this.#mayConnect(server)).map((peer) => peer.status())
  }

  close(): void {
    this.#isClosed = true
    if (this.#timer) this.#ports.timers.cancel(this.#timer)
    for (const peer of this.#peers.values()) peer.close(LinkEvent.closed)
  }

  onTimer(): void {
    if (!this.#isClosed) this.#sweep()
  }

  #sweep(): void {
    const { clock, timers } = this.#ports
    const nowMs = clock.monotonicMs()
    this.#nowMs += Math.min(nowMs - this.#sweptMs, longestStepMs)
    this.#sweptMs = nowMs
    for (const peer of this.#peers.values()) peer.sweep(this.#mayConnect(peer.server))
    this.#timer = timers.set(sweepMs, this, 0)
  }

  /** Finer than a sweep, since round trips are measured by it; stands still while the process does. */
  #now(): number {
    return this.#nowMs + Math.min(this.#ports.clock.monotonicMs() - this.#sweptMs, longestStepMs)
  }

  #followTopology(): void {
    const servers = new Map(this.#topology.servers.map((server) => [server.name, server]))
    for (const [name, peer] of this.#peers) {
      const server = servers.get(name)
      if (server) peer.server = server
      else {
        this.#peers.delete(name)
        peer.close(LinkEvent.noLongerTrusted)
      }
    }
    for (const [name, server] of servers) {
      if (name !== this.#own.name && !this.#peers.has(name)) this.#peers.set(name, this.#newPeer(server))
    }
  }

  /** Front ends have nothing to say to each other. */
  #mayConnect({ role }: TopologyServer): boolean {
    return !(role === 'front-end' && this.#own.role === 'front-end')
  }

  #newPeer(server: TopologyServer): PeerLinks {
    const { log, metrics, entropy, clock, onWork } = this.#ports
    return new PeerLinks(server, {
      metrics: linkMetrics(metrics, server.name),
      now: () => this.#now(),
      systemMs: () => clock.systemMs(),
      feedback: () => this.#ports.feedback?.() ?? null,
      random: () => entropy.bytes(2).readUInt16LE(0) / 0x1_0000,
      log: (level, event, fields) => log.write(level, event, fields),
      connect: (to, owner) => this.#connect(to, owner),
      greet: (connection) => {
        const { peer, connectionId } = connection.place
        connection.send(encodeHello(this.#hello(), peer, connectionId))
      },
      judge: (connection, answer) => this.#judge(connection, answer),
      onPeerUp: (peer) => this.#sink.onPeerUp(peer),
      onPeerDown: (peer) => this.#sink.onPeerDown(peer),
      onPeerLoss: (peer) => this.#sink.onPeerLoss(peer),
      onPeerMessage: (peer, worker, message) => this.#sink.onPeerMessage(peer, worker, message),
      onWork,
    })
  }

  async #connect(server: TopologyServer, owner: ConnectionOwner): Promise<LinkConnection> {
    const connection = this.#newConnection(server.name, true, owner)
    const flow = await this.#ports.dial(server, connection)
    connection.attach(flow)
    // Before anything is said: a peer that is not believed never sees a link come up.
    if (this.#isBelieved(flow, server, [])) return connection
    connection.cut(LinkEvent.refused)
    throw new Error(`what answers at ${server.linkHost} port ${server.linkPort} is not ${server.name}`)
  }

  #newConnection(peer: string, isOutgoing: boolean, owner: ConnectionOwner): LinkConnection {
    const place = { own: this.#own.name, peer, connectionId: this.#ports.entropy.word(12), isOutgoing }
    return new LinkConnection(place, owner, () => this.#now())
  }

  /** What the other side has answered to our hello, and who it is. */
  #judge(connection: LinkConnection, answer: SipMessage): Hello | null {
    const { place, flow } = connection
    const hello = readHello(answer)
    if (answer.statusCode === 200 && hello !== null && flow !== null) {
      if (hello.protocol.major === protocolMajor) {
        // A server may not answer for another one, even if it could prove that it is that.
        const isOther = hello.name !== place.peer
        if (isOther) this.#logRefused(flow, hello, nameRefusal(place.peer, hello.name))
        return !isOther && this.#isBelieved(flow, hello, hello.intermediates) ? hello : null
      }
      this.#logProtocol(hello, flow)
      connection.fault = protocolText(hello)
      return null
    }
    connection.fault = `${answer.statusCode} ${answer.reasonPhrase}`
    this.#ports.log.write('warn', LinkEvent.refusedByPeer, {
      peer: place.peer,
      status: answer.statusCode,
      reason: answer.reasonPhrase,
      remoteAddress: flow?.remoteAddress,
    })
    return null
  }

  /** `intermediates`: what the peer has sent beside its handshake. */
  #isBelieved(flow: LinkFlow, peer: ClaimedPeer, intermediates: readonly string[]): boolean {
    const { evidence } = flow
    const sent = intermediates.map((each) => Buffer.from(each, 'base64'))
    const refusal = this.#ports.check({ ...evidence, chain: [...evidence.chain, ...sent] }, peer, this.#topology)
    if (refusal !== null) this.#logRefused(flow, peer, refusal)
    return refusal === null
  }

  #logRefused({ remoteAddress }: LinkFlow, { name, role }: ClaimedPeer, refusal: CertificateRefusal): void {
    const { reason, expected, seen, names } = refusal
    const { metrics, log } = this.#ports
    metrics.counter('meridian_link_refused_total', 'Peers that were refused as links.', { reason }).inc()
    log.write('warn', LinkEvent.refused, { peer: name, role, reason, expected, seen, names, remoteAddress })
  }

  #refuse(flow: LinkFlow, request: SipMessage, status: number, reason: string): null {
    flow.send(encodeResponse(request, status, { reason, toTag: this.#own.bootId }))
    return null
  }

  #logProtocol(hello: Hello, { remoteAddress }: LinkFlow): void {
    const { major } = hello.protocol
    this.#ports.log.write('error', LinkEvent.protocolRefused, {
      peer: hello.name,
      remoteAddress,
      own: protocolMajor,
      theirs: major,
      cure: `install the same release on ${major > protocolMajor ? 'this server' : hello.name}`,
    })
  }

  #hello(): Hello {
    const { name, role, bootId, workersCount } = this.#own
    const { version } = this.#topology
    const timeMs = this.#ports.clock.systemMs()
    const protocol = { major: protocolMajor, minor: protocolMinor }
    const intermediates = this.#ports.ownIntermediates().map((der) => Buffer.from(der).toString('base64'))
    return { name, role, bootId, workersCount, topologyVersion: version, timeMs, protocol, intermediates }
  }
}

function protocolText({ protocol }: Hello): string {
  return `Link protocol ${protocol.major} is not ${protocolMajor}`
}

function nameRefusal(expected: string, seen: string): CertificateRefusal {
  return { reason: 'wrong-name', expected, seen, names: '' }
}
