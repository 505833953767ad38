/**
 * The edge of a worker: owns flows, parses what comes by them, matches it to transactions, and hands requests that
 * pass the steps to their sender's shard (`upstream.ts`). What shards want sent leaves through `forwarder.ts`.
 */
import {
  type Cause,
  type FailureCounters,
  failureCounters,
  messageHash,
  PoisonGuard,
  type SheddingCounters,
  sheddingCounters,
  TokenBuckets,
} from '../guard/index.ts'
import type { BusMessage, EpochMessage, ForwardMessage } from '../ports/bus.ts'
import type { FlowSink, TransportFlow } from '../ports/flows.ts'
import type { Counter, Histogram } from '../ports/metrics.ts'
import type { OwnRequest, SendMessage } from '../ports/own-requests.ts'
import { type FramingEvent, framingFaults } from '../sip/framing/framing-faults.ts'
import { clientLimits, type MessageLimits, tlsClientLimits } from '../sip/message/limits.ts'
import { type MessageFault, parseMessage } from '../sip/message/parse.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { cancelledTransactionKey, serverTransactionKey } from '../sip/transaction/match.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { Arrival, type StepPorts } from './arrival.ts'
import { ClientCertificateDesk } from './client-certificates.ts'
import type { BoundUser, EdgeFlow } from './edge-flow.ts'
import type { EdgePorts, EdgeSettings } from './edge-ports.ts'
import { FlowGate } from './flow-gate.ts'
import { FlowTable } from './flow-table.ts'
import { Forwarder } from './forwarder.ts'
import { draining, noMatchingTransaction, ownFault, poisoned } from './rejections.ts'
import { walkSteps } from './request-steps.ts'
import { ResponseWriter } from './response-writer.ts'
import { dialogEnds, routeTo } from './steps/route.ts'
import { unstrictRoute } from './strict-route.ts'
import { Upstream } from './upstream.ts'

/** The transport's word for a flow that its peer ended in order. */
const peerClosed = 'transport.peer-closed'

/** Log lines about malformed messages, of one address and of all together. */
const malformedLogLimits = { requestsPerSecond: 1, burst: 20 } as const

interface EdgeCounters {
  readonly requests: Counter
  readonly responses: Counter
  readonly malformed: Counter
  readonly unmatched: Counter
  readonly overloaded: SheddingCounters
}

const latencySeconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15]

export class Edge implements FlowSink {
  readonly #ports: EdgePorts
  readonly #flows: FlowTable
  readonly #writer: ResponseWriter
  readonly #upstream: Upstream
  readonly #forwarder: Forwarder
  readonly #gate: FlowGate
  readonly #certificates: ClientCertificateDesk
  readonly #poison = new PoisonGuard()
  readonly #failures: FailureCounters
  readonly #count: EdgeCounters
  readonly #malformedLogs = new TokenBuckets(malformedLogLimits)
  readonly #notifyLatency: Histogram
  readonly #stepPorts: StepPorts
  #draining = false

  constructor(ports: EdgePorts, settings: EdgeSettings) {
    const { worker, incarnation } = ports.bus
    this.#ports = ports
    this.#stepPorts = { ...ports, settings }
    this.#flows = new FlowTable(worker, incarnation, settings.bootId, ports.taps)
    this.#writer = new ResponseWriter(settings)
    this.#gate = new FlowGate(settings.limits, ports)
    this.#certificates = new ClientCertificateDesk(ports)
    this.#failures = failureCounters(ports.metrics, 'edge')
    this.#upstream = new Upstream(ports, settings, this.#flows, this.#writer, this.#gate)
    this.#forwarder = new Forwarder(ports, settings, this.#flows)
    const latencyHelp = 'Seconds from a change (a PUBLISH received) to the NOTIFY that tells it, written.'
    this.#notifyLatency = ports.metrics.histogram('meridian_notify_latency_seconds', latencyHelp, latencySeconds)
    this.#count = {
      requests: ports.metrics.counter('meridian_requests_total', 'SIP requests received'),
      responses: ports.metrics.counter('meridian_responses_total', 'SIP responses received'),
      malformed: ports.metrics.counter('meridian_malformed_total', 'SIP messages that did not parse'),
      unmatched: ports.metrics.counter('meridian_unmatched_total', 'Responses and ACKs that belong to nothing'),
      overloaded: sheddingCounters(ports.metrics),
    }
  }

  /** What is known of addresses, for those who speak another protocol with them. */
  get sources(): { refusal(address: string): 'banned' | 'too-many' | null; failed(address: string): number } {
    return {
      refusal: (address) => this.#gate.sourceRefusal(address),
      failed: (address) => this.#gate.onSourceFailed(address),
    }
  }

  /** Requests that a drain waits for. */
  get soonAnsweredCount(): number {
    return this.#upstream.soonAnsweredCount + this.#forwarder.soonAnsweredCount
  }

  /** Flows open, requests waiting for their answer, those of them that do not ring, transactions, requests of ours. */
  get load(): { flows: number; pending: number; waiting: number; transactions: number; sent: number } {
    const { pendingCount: pending, soonAnsweredCount: waiting, transactionsCount: transactions } = this.#upstream
    return { flows: this.#flows.count, pending, waiting, transactions, sent: this.#forwarder.sentCount }
  }

  /** From now on new requests are refused; what is under way goes on (responses, ACKs, CANCELs). */
  drain(): void {
    this.#draining = true
  }

  /** Authorities of users' certificates, or their revocation lists, have changed. */
  onClientTrust(): void {
    this.#certificates.lookAgain(this.#flows.all())
  }

  onFlowOpened(transport: TransportFlow): void {
    const refusal = this.#gate.refusesFlow(transport)
    if (refusal) transport.close(refusal)
    else this.#certificates.onOpened(this.#flows.open(transport))
  }

  onFlowMessage(transport: TransportFlow, bytes: Buffer): void {
    const flow = this.#flows.of(transport)
    if (!flow) return
    this.#ports.taps.current?.onMessage('received', flow, bytes)
    if (flow.ownRequests && this.#takesSuccess(flow, bytes)) return
    const { message, fault } = parseMessage(bytes, limitsOf(transport))
    if (fault || !message) this.#onMalformed(flow, message, fault)
    else this.#guarded(flow, message)
  }

  /** A success that a request of our own waits for, by the short way. False: it is something else. */
  #takesSuccess(flow: EdgeFlow, bytes: Buffer): boolean {
    if (!this.#poison.isQuiet) return false
    const cause = { who: flow.culprit, what: 'response', hash: '' }
    this.#ports.causes.begin(cause.who, cause.what)
    try {
      const isTaken = this.#forwarder.receiveSuccess(flow, bytes)
      if (isTaken) this.#count.responses.inc()
      return isTaken
    } catch (error) {
      this.#onFailure(cause, error, null)
      return true
    }
  }

  /** A message that makes our code throw costs its sender an answer, and nobody else anything. */
  #guarded(flow: EdgeFlow, message: SipMessage): void {
    const who = flow.culprit
    const what = message.isRequest ? message.method : 'response'
    const nowMs = this.#ports.clock.monotonicMs()
    this.#ports.causes.begin(who, what)
    const hash = this.#poison.isQuiet ? '' : messageHash(message)
    if (this.#poison.refuses({ who, what, hash }, nowMs)) {
      this.#failures.refusedPoison.inc()
      if (message.isRequest) this.#writer.reject(flow, message, poisoned)
      return
    }
    try {
      if (message.isRequest) this.#onRequest(flow, message)
      else this.#onResponse(flow, message)
    } catch (error) {
      this.#onFailure({ who, what, hash: messageHash(message) }, error, message)
      if (message.isRequest && !this.#upstream.failRequest(flow, message)) this.#writer.reject(flow, message, ownFault)
    }
  }

  #onFailure(cause: Cause, error: unknown, message: SipMessage | null): void {
    const { who, what, hash } = cause
    this.#failures.failedUnits.inc()
    const isPoison = this.#poison.failed(cause, this.#ports.clock.monotonicMs())
    if (isPoison && message) this.#ports.causes.keep(hash, message)
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#ports.log.write('error', 'edge.unit-failed', { who, what, error: text })
  }

  /** The stream cannot be cut into messages any further; where the head is at hand, its sender hears why. */
  onFlowFault(transport: TransportFlow, event: string, head: Buffer | null): void {
    this.#count.malformed.inc()
    this.#logMalformed(event, transport)
    const flow = this.#flows.of(transport)
    const fault = framingFaults[event as FramingEvent]
    if (!flow || !fault || fault.status === 0 || head === null) return
    const { message } = parseMessage(head, limitsOf(transport))
    if (message?.isRequest && message.topVia) this.#writer.reject(flow, message, { ...fault, headers: [] })
  }

  onFlowClosed(transport: TransportFlow, reason: string): void {
    const flow = this.#flows.of(transport)
    if (!flow) return
    this.#flows.close(flow)
    this.#forwarder.onFlowClosed(flow)
    this.#upstream.onFlowClosed(flow)
    const goodbye = reason === peerClosed
    for (const aor of flow.bound.keys()) {
      this.#ports.bus.send(this.#ports.places.of(aor), { kind: 'flow-died', aor, flow: flow.id, goodbye })
    }
  }

  /** That worker's shard lost its memory: it is told which of our flows its users' bindings named. */
  onShardRestarted(worker: number): void {
    for (const flow of this.#flows.all()) {
      for (const [aor, bound] of flow.bound) {
        if (this.#ports.places.mayOwn(worker, aor)) this.#nameFlow(worker, flow, aor, bound)
      }
    }
  }

  /** The home of these users may be another one than before: it hears of the flows that their bindings name. */
  nameFlowsOf(names: readonly Aor[]): void {
    for (const flow of this.#flows.all()) {
      for (const aor of names) {
        const bound = flow.bound.get(aor)
        if (bound) this.#nameFlow(this.#ports.places.of(aor), flow, aor, bound)
      }
    }
  }

  #nameFlow(place: number, { id: flow }: EdgeFlow, aor: Aor, { epoch, bindings, atMs }: BoundUser): void {
    this.#ports.bus.send(place, { kind: 'flow-alive', aor, flow, epoch, bindings: [...bindings], atMs })
  }

  /** That worker has died: who waits for a report of it would wait for nothing. */
  onWorkerGone(worker: number): void {
    this.#upstream.onWorkerGone(worker)
  }

  /** Bus messages for the edge half of this worker: each a unit of its own, like a message of a flow. */
  receive(message: BusMessage): void {
    // A reply to this worker's predecessor: its number means somebody else now.
    if ('to' in message && message.to.incarnation !== this.#ports.bus.incarnation) return
    try {
      if (message.kind === 'forward') this.#forward(message)
      else if (message.kind === 'send') this.#sendOwn(message)
      else this.#onReply(message)
    } catch (error) {
      this.#onBusFailure(message, error)
    }
  }

  #forward(message: ForwardMessage): void {
    const { sender, request } = message
    this.#ports.causes.begin(sender, request.method)
    const isRefused = !this.#poison.isQuiet && this.#poison.refuses(causeOf(message), this.#ports.clock.monotonicMs())
    if (isRefused) this.#forwarder.refuse(message, poisoned.status)
    else this.#forwarder.onForward(message)
  }

  #sendOwn(message: SendMessage): void {
    const { requests, causeMs } = message
    // Two workers' clocks may differ by a little.
    const seconds = causeMs === 0 ? 0 : Math.max(0, this.#ports.clock.wallMs() - causeMs) / 1000
    for (const request of requests) {
      if (this.#isWritten(message, request) && causeMs !== 0) this.#notifyLatency.observe(seconds)
    }
  }

  /** Each by itself: one that makes our code throw keeps none of the others back. */
  #isWritten(message: SendMessage, request: OwnRequest): boolean {
    const cause = { who: request.owner, what: message.method, hash: '' }
    this.#ports.causes.begin(cause.who, cause.what)
    try {
      return this.#forwarder.onSend(message, request)
    } catch (error) {
      this.#onFailure(cause, error, null)
      this.#forwarder.refuseOwn(message, request, ownFault.status)
      return false
    }
  }

  #onReply(message: BusMessage): void {
    switch (message.kind) {
      case 'answer':
        return this.#upstream.onAnswer(message)
      case 'targets':
        return this.#upstream.onTargets(message)
      case 'outcome':
        return this.#upstream.onOutcome(message)
      case 'cancel':
        return this.#forwarder.onCancel(message)
      case 'epoch':
        return this.#onEpoch(message)
      case 'flow-left':
        return this.#flows.find(message.flow)?.unbind(message.aor, message.bindings)
    }
  }

  #onBusFailure(message: BusMessage, error: unknown): void {
    if (message.kind === 'forward') {
      this.#onFailure(causeOf(message), error, message.request)
      this.#forwarder.refuse(message, ownFault.status)
      return
    }
    this.#onFailure({ who: '', what: message.kind, hash: '' }, error, null)
    if (message.kind === 'answer' || message.kind === 'targets' || message.kind === 'outcome') {
      this.#upstream.failReply(message)
    }
  }

  #onMalformed(flow: EdgeFlow, message: SipMessage | null, fault: MessageFault | null): void {
    this.#count.malformed.inc()
    if (!fault) return
    this.#logMalformed(fault.event, flow.transport)
    if (message?.isRequest && fault.status > 0 && message.topVia) {
      this.#writer.reject(flow, message, { status: fault.status, reason: fault.reason, headers: [] })
    }
  }

  #onRequest(flow: EdgeFlow, received: SipMessage): void {
    this.#count.requests.inc()
    const request = unstrictRoute(received, this.#ports.seals)
    const existing = flow.serverTransactions.get(serverTransactionKey(request))
    if (request.method === 'ACK') {
      if (!existing?.receiveAck(request)) this.#forwardAck(flow, request)
    } else if (existing) existing.retransmit()
    else if (request.method === 'CANCEL') this.#onCancel(flow, request)
    else this.#onNewRequest(flow, request)
  }

  #onNewRequest(flow: EdgeFlow, request: SipMessage): void {
    const refusal = this.#draining ? draining : this.#gate.refusesRequest(flow)
    if (refusal) return this.#writer.reject(flow, request, refusal)
    const arrival = new Arrival(flow, request, this.#stepPorts)
    const verdict = walkSteps(arrival)
    if (verdict !== 'continue') {
      this.#log('debug', verdict.event, flow.transport)
      if (verdict.by) this.#count.overloaded[verdict.by].inc()
      const inSession = arrival.route !== null && request.method === 'INVITE'
      if (inSession && arrival.sender) this.#upstream.refuseInSession(flow, request, arrival.sender, verdict)
      else this.#writer.reject(flow, request, verdict)
    } else if (arrival.sender) this.#upstream.dispatch(flow, request, arrival.sender, arrival.route)
  }

  /** RFC 3261 §9.2: 200 for the CANCEL itself, whatever becomes of the INVITE. */
  #onCancel(flow: EdgeFlow, request: SipMessage): void {
    const invite = flow.serverTransactions.get(cancelledTransactionKey(request))
    if (!invite) {
      this.#writer.reject(flow, request, noMatchingTransaction)
      return
    }
    this.#writer.reject(flow, request, { status: 200, reason: 'OK', headers: [] })
    this.#upstream.cancel(invite)
  }

  /**
   * The ACK of a 2xx follows its dialog's route without a transaction (RFC 3261 §16.11), from the source that the
   * dialog knows, or one that has proved itself. Any other is dropped.
   */
  #forwardAck(flow: EdgeFlow, request: SipMessage): void {
    const ends = dialogEnds(request, flow, this.#ports.seals)
    const isKnown = ends && (ends.near.flow === flow.id || flow.hasProved(ends.near.aor, this.#ports.clock.wallMs()))
    if (!ends || !isKnown || request.maxForwards === 0) return this.#count.unmatched.inc()
    this.#upstream.forwardAck(flow, request, ends.near.aor, routeTo(ends, request.requestUri))
  }

  #onResponse(flow: EdgeFlow, response: SipMessage): void {
    this.#count.responses.inc()
    if (!this.#forwarder.receive(flow, response)) this.#count.unmatched.inc()
  }

  /** Disabled, removed, or given a new password: what was proved before no longer counts. */
  #onEpoch(message: EpochMessage): void {
    for (const flow of this.#flows.raiseEpoch(message.aor, message.epoch)) {
      this.#log('info', 'edge.epoch-raised', flow.transport)
      flow.transport.close('edge.epoch-raised')
    }
  }

  /** Anybody can send rubbish from any address: the log says that it happens, the counter how often. */
  #logMalformed(event: string, transport: TransportFlow): void {
    const nowMs = this.#ports.clock.monotonicMs()
    const isWorthIt = this.#malformedLogs.take(transport.remoteAddress, nowMs) && this.#malformedLogs.take('', nowMs)
    if (isWorthIt) this.#log('info', event, transport)
  }

  #log(level: 'debug' | 'info' | 'warn', event: string, flow: TransportFlow): void {
    this.#ports.log.write(level, event, {
      remote: `${flow.remoteAddress}:${flow.remotePort}`,
      transport: flow.transport,
    })
  }
}

/** Over TLS a REGISTER may carry a large ticket. */
function limitsOf({ transport }: TransportFlow): MessageLimits {
  return transport === 'tls' ? tlsClientLimits : clientLimits
}

function causeOf({ sender, request }: ForwardMessage): Cause {
  return { who: sender, what: request.method, hash: messageHash(request) }
}
