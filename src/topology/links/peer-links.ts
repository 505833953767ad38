/**
 * The links of this worker to one other server: connects and connects again, keeps one connection for sending, so that
 * the order of what this worker says is kept, and goes over to another when that one ends. Connections that the peer
 * has made serve as well as our own: where a firewall lets only one side connect, that is enough.
 */
import type { BusMessage } from '../../ports/bus.ts'
import type { LinkPeer } from '../../ports/links.ts'
import type { LogFields } from '../../ports/log.ts'
import type { TopologyServer } from '../../ports/topology.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import type { OverloadFeedback } from '../overload/feedback.ts'
import { LossFilter } from '../overload/loss-filter.ts'
import { rankOf } from '../overload/rank-of.ts'
import type { AddressedMessage } from './batch-codec.ts'
import type { Batch, ConnectionOwner, LinkConnection } from './connection.ts'
import { LinkEvent } from './events.ts'
import type { Hello } from './hello.ts'
import { acceptedPerPeerMax, goodAfterMs, retryMaxMs, retryMinMs, skewMs } from './limits.ts'
import type { LinkMetrics } from './link-metrics.ts'
import { Outbox } from './outbox.ts'
import type { LinkStatus } from './status.ts'

/** What the pool gives to each of its peers. */
export interface PeerSurroundings {
  readonly metrics: LinkMetrics
  now(): number
  systemMs(): number
  /** Between 0 and 1. */
  random(): number
  log(level: 'info' | 'warn' | 'error', event: string, fields: LogFields): void
  /** Connects, or rejects; nothing has been said yet. */
  connect(server: TopologyServer, owner: ConnectionOwner): Promise<LinkConnection>
  /** Says hello over it. */
  greet(connection: LinkConnection): void
  /** Whether the peer of an outgoing connection may be believed, by what it has answered to our hello. */
  judge(connection: LinkConnection, answer: SipMessage): Hello | null
  onPeerUp(peer: LinkPeer): void
  onPeerDown(peer: LinkPeer): void
  onPeerLoss(peer: LinkPeer): void
  onPeerMessage(peer: LinkPeer, worker: number, message: BusMessage): void
  onWork(): void
  /** What this server, if it is overloaded, asks of its peers. */
  feedback(): OverloadFeedback | null
}

/** Who is refused comes back at some time in so many seconds: not all at once. */
const spreadSeconds = 9

export class PeerLinks implements ConnectionOwner {
  server: TopologyServer
  readonly #around: PeerSurroundings
  readonly #outbox: Outbox
  readonly #filter: LossFilter
  readonly #connections = new Set<LinkConnection>()
  /** All that is sent goes by this one until it ends. */
  #current: LinkConnection | null = null
  #peer: LinkPeer | null = null
  #hello: Hello | null = null
  /** Own connections: at most one, being made or made. */
  #isConnecting = false
  #outgoing: LinkConnection | null = null
  #attempts = 0
  #retryAtMs = 0
  #isClosed = false
  #lastFault: string | null = null
  /** Of our own attempts, until one succeeds. */
  #connectFault: string | null = null
  #roundTripMs: number | null = null
  #clockAheadMs: number | null = null
  readonly #sent = { messages: 0, bytes: 0 }
  readonly #received = { messages: 0, bytes: 0 }

  constructor(server: TopologyServer, around: PeerSurroundings) {
    this.server = server
    this.#around = around
    this.#filter = new LossFilter(around.random)
    this.#outbox = new Outbox((message) =>
      around.log('error', LinkEvent.messageTooLong, { peer: server.name, kind: message.kind }),
    )
  }

  get isUp(): boolean {
    return this.#peer !== null
  }

  get connections(): ReadonlySet<LinkConnection> {
    return this.#connections
  }

  send(worker: number, message: BusMessage): boolean {
    if (this.#outbox.addFact(worker, message)) {
      this.#around.onWork()
      return true
    }
    if (this.#current !== null && this.#outbox.addAsk(worker, message)) {
      this.#around.onWork()
      return true
    }
    this.#around.metrics.asksRefused.inc()
    return false
  }

  /** Seconds after which to ask again; null: it may be sent. */
  sheds(message: BusMessage): number | null {
    const rank = rankOf(message)
    if (rank === null || !this.#filter.refuses(rank, this.#around.now())) return null
    this.#around.metrics.asksShed.inc()
    return 1 + Math.floor(this.#around.random() * spreadSeconds)
  }

  get waitingCount(): number {
    return this.#outbox.asksCount
  }

  flush(): void {
    const current = this.#current
    while (current?.hasRoom) {
      const batch = this.#outbox.nextBatch()
      if (batch === null) return
      const { metrics } = this.#around
      metrics.batchesSent.inc()
      metrics.messagesSent.inc(batch.messagesCount)
      metrics.bytesSent.inc(batch.bodyBytes)
      this.#sent.messages += batch.messagesCount
      this.#sent.bytes += batch.bodyBytes
      current.sendBatch(batch)
    }
  }

  /** Deadlines of connections, and a new attempt where one is due. */
  sweep(mayConnect: boolean): void {
    for (const connection of this.#connections) connection.sweep()
    this.#around.metrics.asksWaiting.set(this.#outbox.asksCount)
    this.#around.metrics.missing.set(mayConnect && !this.isUp ? 1 : 0)
    const isDue = this.#outgoing === null && !this.#isConnecting && this.#around.now() >= this.#retryAtMs
    if (mayConnect && isDue && !this.#isClosed) void this.#connect()
  }

  /** The peer has connected, and has been believed. False: there are too many of its connections. */
  accept(connection: LinkConnection, hello: Hello): boolean {
    const accepted = [...this.#connections].filter(({ place }) => !place.isOutgoing)
    if (accepted.length >= acceptedPerPeerMax) return false
    this.#connections.add(connection)
    this.#welcome(connection, hello)
    return true
  }

  /** What it has shown does not hold any more. */
  distrust(connection: LinkConnection): void {
    connection.cut(LinkEvent.noLongerTrusted)
  }

  /** Its connections end, and others may begin. */
  cut(reason: string): void {
    for (const connection of [...this.#connections]) connection.cut(reason)
  }

  close(reason: string): void {
    this.#isClosed = true
    this.#around.metrics.missing.set(0)
    for (const connection of [...this.#connections]) connection.close(reason)
  }

  status(): LinkStatus {
    const { name, role } = this.server
    const hello = this.#hello
    const up = [...this.#connections].filter(({ isUp }) => isUp)
    const shown = up[0]?.flow?.evidence.chain[0]
    const sinceMs = up.map(({ upSinceMs }) => upSinceMs)
    return {
      server: name,
      role,
      isUp: this.isUp,
      connectionsCount: up.length,
      remoteAddresses: [...new Set([...this.#connections].map(({ flow }) => flow?.remoteAddress ?? ''))],
      bootId: hello?.bootId ?? null,
      topologyVersion: hello?.topologyVersion ?? null,
      protocol: hello ? `${hello.protocol.major}.${hello.protocol.minor}` : null,
      upForMs: up.length === 0 ? null : this.#around.now() - Math.min(...sinceMs),
      certificate: shown === undefined ? null : new Uint8Array(shown),
      clockAheadMs: this.#clockAheadMs,
      roundTripMs: this.#roundTripMs,
      asksWaiting: this.#outbox.asksCount,
      factsWaiting: this.#outbox.factsCount,
      sent: { ...this.#sent },
      received: { ...this.#received },
      lastFault: this.#lastFault,
    }
  }

  onHelloAnswer(connection: LinkConnection, answer: SipMessage): void {
    const hello = this.#around.judge(connection, answer)
    if (hello === null) connection.close(LinkEvent.refused)
    else this.#welcome(connection, hello)
  }

  onMessages(
    connection: LinkConnection,
    messages: readonly AddressedMessage[],
    bytes: number,
    unknownCount: number,
  ): void {
    const { metrics } = this.#around
    metrics.batchesReceived.inc()
    metrics.messagesReceived.inc(messages.length)
    metrics.bytesReceived.inc(bytes)
    this.#received.messages += messages.length
    this.#received.bytes += bytes
    if (unknownCount > 0) this.#log('warn', LinkEvent.unknownKind, { count: unknownCount })
    for (const { worker, message } of messages) {
      // Handling one of them may have ended the link, or shown that the peer is another start of its server.
      if (!connection.isUp || this.#peer?.bootId !== connection.hello?.bootId) return
      this.#around.onPeerMessage(this.#peer!, worker, message)
    }
    this.#around.onWork()
  }

  onConfirmed(_connection: LinkConnection, _batch: Batch, roundTripMs: number): void {
    this.#roundTripMs = roundTripMs
    this.#around.metrics.roundTrip.observe(roundTripMs / 1000)
    if (!this.#outbox.isEmpty) this.#around.onWork()
  }

  feedback(): OverloadFeedback | null {
    return this.#around.feedback()
  }

  onFeedback(feedback: OverloadFeedback): void {
    this.#filter.hear(feedback, this.#around.now())
    this.#around.metrics.loss.set(this.#filter.lossAt(this.#around.now()))
  }

  onBatchRefused(_connection: LinkConnection, batch: Batch, reason: string): void {
    this.#log('error', LinkEvent.batchRefused, { reason, messages: batch.messagesCount })
  }

  onConnectionClosed(connection: LinkConnection, reason: string, unconfirmed: readonly Batch[]): void {
    const { metrics } = this.#around
    // One that never came to a hello is told of where it was made.
    if (!this.#connections.delete(connection)) return
    if (this.#outgoing === connection) this.#outgoing = null
    if (connection.place.isOutgoing) this.#planRetry(connection)
    this.#outbox.giveBack(unconfirmed)
    const wasUp = connection.hello !== null
    const isFault = reason === LinkEvent.badBatch || reason === LinkEvent.badMessage
    if (isFault) metrics.faults.inc()
    if (wasUp) metrics.closed.inc()
    this.#lastFault = connection.fault === null ? reason : `${reason}: ${connection.fault}`
    if (wasUp || isFault) {
      const { flow, fault } = connection
      this.#log(isFault ? 'warn' : 'info', LinkEvent.closed, {
        reason,
        fault,
        remoteAddress: flow?.remoteAddress,
        unconfirmed: unconfirmed.length,
      })
    }
    if (this.#current === connection) this.#succeed()
    if (wasUp && this.#peer?.bootId === connection.hello?.bootId) this.#around.onPeerLoss(this.#peer!)
    this.#countUp()
    this.#around.onWork()
  }

  #welcome(connection: LinkConnection, hello: Hello): void {
    if (this.#peer !== null && this.#peer.bootId !== hello.bootId) this.#endEarlierStart(hello)
    connection.welcome(hello)
    this.#hello = hello
    this.#lastFault = null
    this.#log('info', LinkEvent.up, {
      direction: connection.place.isOutgoing ? 'out' : 'in',
      remoteAddress: connection.flow?.remoteAddress,
      bootId: hello.bootId,
    })
    this.#compareClocks(hello)
    this.#current ??= connection
    if (this.#peer === null) {
      const peer = { name: this.server.name, bootId: hello.bootId, workersCount: hello.workersCount }
      this.#peer = peer
      this.#around.onPeerUp(peer)
    }
    this.#countUp()
    this.#around.onWork()
  }

  /** Whoever has just connected is alive; what another start of that server had open is not any more. */
  #endEarlierStart({ bootId }: Hello): void {
    this.#log('info', LinkEvent.peerRestarted, { bootId })
    for (const connection of [...this.#connections]) {
      if (connection.hello !== null && connection.hello.bootId !== bootId) connection.cut(LinkEvent.peerRestarted)
    }
  }

  /** Another connection takes over; without one the server is gone, as far as this worker sees. */
  #succeed(): void {
    this.#current = null
    for (const connection of this.#connections) if (connection.isUp) this.#current ??= connection
    if (this.#current !== null || this.#peer === null) return
    const peer = this.#peer
    this.#peer = null
    this.#filter.forget()
    this.#outbox.dropAsks()
    this.#log('warn', LinkEvent.down, { bootId: peer.bootId })
    this.#around.onPeerDown(peer)
  }

  async #connect(): Promise<void> {
    this.#isConnecting = true
    try {
      const connection = await this.#around.connect(this.server, this)
      if (this.#isClosed) return connection.close(LinkEvent.closed)
      if (connection.isClosed) throw new Error('the connection has ended at once')
      this.#connectFault = null
      this.#outgoing = connection
      this.#connections.add(connection)
      this.#around.greet(connection)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      // Once a failure, not once an attempt: a server that is down for a night is not worth thousands of lines.
      if (this.#connectFault !== text) this.#log('warn', LinkEvent.connectFailed, { error: text })
      this.#connectFault = this.#lastFault = text
      this.#planRetry(null)
    } finally {
      this.#isConnecting = false
    }
  }

  #planRetry(ended: LinkConnection | null): void {
    const { now, random } = this.#around
    const wasGood = ended !== null && ended.hello !== null && now() - ended.upSinceMs >= goodAfterMs
    if (wasGood) this.#attempts = 0
    const waitMs = Math.min(retryMaxMs, retryMinMs * 2 ** this.#attempts)
    this.#attempts = Math.min(this.#attempts + 1, 16)
    this.#retryAtMs = now() + waitMs / 2 + (random() * waitMs) / 2
  }

  #compareClocks(hello: Hello): void {
    const aheadMs = Math.round(hello.timeMs - this.#around.systemMs())
    this.#clockAheadMs = aheadMs
    if (Math.abs(aheadMs) > skewMs) this.#log('warn', LinkEvent.clockSkew, { aheadMs })
  }

  #countUp(): void {
    this.#around.metrics.up.set([...this.#connections].filter(({ isUp }) => isUp).length)
  }

  #log(level: 'info' | 'warn' | 'error', event: string, fields: LogFields): void {
    this.#around.log(level, event, { peer: this.server.name, ...fields })
  }
}
