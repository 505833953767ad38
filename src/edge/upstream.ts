/**
 * The server side of the edge: requests that wait for a final answer. Asks the sender's shard, forks what the edge
 * forwards itself, and writes the answers. Which requests come this far is decided by `request-steps.ts`.
 */
import type {
  AnswerMessage,
  DialogRoute,
  FlowIdentity,
  OutcomeMessage,
  ReplyAddress,
  TargetsMessage,
} from '../ports/bus.ts'
import { isOwnPlace } from '../ports/places.ts'
import { findBearerToken } from '../sip/bearer/bearer.ts'
import { openNonce } from '../sip/digest/nonce.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { serverTransactionKey } from '../sip/transaction/match.ts'
import { ServerTransaction, type ServerTransactionUser } from '../sip/transaction/server-transaction.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { BestResponse } from './best-response.ts'
import { findCredentials, hasCredentialsFor } from './credentials.ts'
import type { EdgeFlow } from './edge-flow.ts'
import type { EdgePorts, EdgeSettings } from './edge-ports.ts'
import type { FlowGate } from './flow-gate.ts'
import type { FlowTable } from './flow-table.ts'
import { Forks, type ForksOwner } from './forks.ts'
import { ownRoute, ownRoutesCount } from './outgoing-request.ts'
import { encodePassed } from './passed-response.ts'
import { type PendingOwner, PendingRequest } from './pending-request.ts'
import * as rejections from './rejections.ts'
import { RequestTimes } from './request-times.ts'
import type { ResponseWriter, WrittenAnswer } from './response-writer.ts'

/** A shard that has not answered by then is taken for lost: twice the delivery time of a message, and some. */
export const askDeadlineMs = 12_000
/** Requests under way at once on one flow; beyond that it is no conversation but a flood. */
const pendingPerFlowMax = 2_000
/** The parameter of a GRUU (RFC 5627): only a shard knows by which flow that device can be reached now. */
const namesDevice = /;gr(?=[=;?]|$)/i

export class Upstream implements ServerTransactionUser, PendingOwner, ForksOwner {
  readonly #ports: EdgePorts
  readonly #flows: FlowTable
  readonly #writer: ResponseWriter
  readonly #pending = new Map<number, PendingRequest>()
  readonly #byTransaction = new Map<ServerTransaction, PendingRequest>()
  readonly #forks: Forks
  readonly #gate: FlowGate
  readonly #settings: EdgeSettings
  readonly #times: RequestTimes
  #nextNumber = 1
  /** Of the pending ones. */
  #invitesCount = 0

  constructor(ports: EdgePorts, settings: EdgeSettings, flows: FlowTable, writer: ResponseWriter, gate: FlowGate) {
    this.#ports = ports
    this.#flows = flows
    this.#writer = writer
    this.#gate = gate
    this.#settings = settings
    this.#forks = new Forks(ports, this)
    this.#times = new RequestTimes(ports.clock, ports.metrics)
  }

  get pendingCount(): number {
    return this.#pending.size
  }

  /** An INVITE rings for as long as somebody lets it; all else is answered within seconds. */
  get soonAnsweredCount(): number {
    return this.#pending.size - this.#invitesCount
  }

  get transactionsCount(): number {
    return this.#byTransaction.size
  }

  /** Asks the sender's shard, or forwards along the dialog's route where the flow has already proved its sender. */
  dispatch(flow: EdgeFlow, request: SipMessage, sender: Aor, route: DialogRoute | null): void {
    if (flow.serverTransactions.size >= pendingPerFlowMax) {
      this.#writer.reject(flow, request, rejections.tooManyPending)
      return
    }
    const pending = this.#open(flow, request, sender, route !== null)
    const receivedMs = this.#ports.clock.wallMs()
    const source = flow.sourceFor(sender, receivedMs)
    if (route && source.identity && !namesDevice.test(request.requestUri)) {
      this.#forks.start(pending, [route.target], route.recipient)
      return
    }
    pending.deadline = this.#ports.timers.set(askDeadlineMs, pending, 0)
    const from = this.#address(pending.number)
    const shard = this.#ports.places.of(sender)
    // What the flow has proved already needs no other proof.
    const proof = source.identity === null ? flow.proof : null
    if (!this.#ports.bus.send(shard, { kind: 'request', from, sender, request, source, proof, receivedMs, route })) {
      this.#finishWith(pending, rejections.shardSilent)
    }
  }

  /** With a transaction that takes the ACK: without one it would follow the session's route (RFC 3261 §17.2.1). */
  refuseInSession(flow: EdgeFlow, request: SipMessage, sender: Aor, rejection: rejections.EdgeRejection): void {
    if (flow.serverTransactions.size >= pendingPerFlowMax) this.#writer.reject(flow, request, rejection)
    else this.#finishWith(this.#open(flow, request, sender, true), rejection)
  }

  forwardAck(flow: EdgeFlow, request: SipMessage, sender: Aor, route: DialogRoute): void {
    const { target, recipient } = route
    const source = flow.sourceFor(sender, this.#ports.clock.wallMs())
    const base = { kind: 'forward', from: this.#address(0), target, request, sender, recipient, source } as const
    const place = this.#ports.places.ofFlow(target.flow)
    this.#ports.bus.send(place, {
      ...base,
      mode: 'in-dialog',
      date: null,
      recordRoute: false,
      callerRoute: null,
      spentRoutes: isOwnPlace(place) ? 0 : ownRoutesCount(request.values(HeaderId.route), this.#ports.seals),
      maxBreadth: null,
    })
  }

  onAnswer(message: AnswerMessage): void {
    const pending = this.#pending.get(message.to.number)
    if (!pending) return
    this.#learn(pending, message)
    if (message.response) pending.transaction?.respond(message.status, encodePassed(message.response, []))
    else if (this.#isFailedAuthentication(pending, message)) return this.#answerFailure(pending, message)
    else if (message.identity === null) this.#refuseUnproved(pending, message)
    else this.#respond(pending, this.#withPath(pending, message), message.body, message.toTag)
    this.#close(pending)
  }

  /** RFC 3327 §5.3: clients that know what Path is hear of the way that requests to them take. */
  #withPath({ flow, request }: PendingRequest, answer: AnswerMessage): WrittenAnswer {
    const isBound = this.#settings.addsPath && request.method === 'REGISTER' && answer.status === 200
    if (!isBound || !request.values(HeaderId.supported).some((tag) => tag.toLowerCase() === 'path')) return answer
    const token = this.#ports.seals.seal('path', flow.id)
    return { ...answer, headers: [...answer.headers, ['Path', ownRoute('sip', token, flow.transport, ';ob')]] }
  }

  onTargets(message: TargetsMessage): void {
    const pending = this.#pending.get(message.to.number)
    if (!pending) return
    if (message.identity && pending.flow.reliable) this.#prove(pending.flow, message.identity)
    pending.proved = message.identity
    this.#stopDeadline(pending)
    if (pending.cancelled) this.#finishWith(pending, rejections.requestTerminated)
    else if (message.targets.length === 0) this.#finishWith(pending, rejections.notReachable)
    else this.#forks.start(pending, message.targets, message.recipient)
  }

  onOutcome(message: OutcomeMessage): void {
    this.#forks.onOutcome(message)
  }

  onWorkerGone(worker: number): void {
    this.#forks.onWorkerGone(worker)
  }

  /** A CANCEL for the INVITE of this transaction (RFC 3261 §9.2, §16.10). */
  cancel(transaction: ServerTransaction): void {
    const pending = this.#byTransaction.get(transaction)
    if (!pending) return
    if (pending.fork) this.#forks.cancel(pending)
    else pending.cancelled = true
  }

  /** Our code threw: whoever waits for it hears so. False when nobody does. */
  failRequest(flow: EdgeFlow, request: SipMessage): boolean {
    const transaction = flow.serverTransactions.get(serverTransactionKey(request))
    const pending = transaction && this.#byTransaction.get(transaction)
    if (pending) this.#finishWith(pending, rejections.ownFault)
    return pending !== undefined
  }

  failReply(message: AnswerMessage | TargetsMessage | OutcomeMessage): void {
    const { number } = message.to
    const pending = message.kind === 'outcome' ? this.#forks.pendingOf(number) : this.#pending.get(number)
    if (pending) this.#finishWith(pending, rejections.ownFault)
  }

  onFlowClosed(flow: EdgeFlow): void {
    for (const transaction of [...flow.serverTransactions.values()]) {
      const pending = this.#byTransaction.get(transaction)
      // A caller that is gone hears no answer; what rings for it should stop.
      if (pending?.fork) this.#forks.cancel(pending)
      // A REGISTER is waited for: if it binds, its shard must hear that the flow is gone.
      else if (pending && pending.request.method !== 'REGISTER') this.#close(pending)
      transaction.terminate()
    }
  }

  onDeadline(pending: PendingRequest): void {
    pending.deadline = null
    if (pending.fork) this.#forks.onDeadline(pending)
    else this.#finishWith(pending, rejections.shardSilent)
  }

  /** A response of the fork, to pass upstream. */
  onForkResponse(pending: PendingRequest, { status, response, challenges }: BestResponse): void {
    if (response) pending.transaction?.respond(status, encodePassed(response, challenges))
    else if (status === 487) this.#respond(pending, rejections.requestTerminated)
    else if (status === 430 && pending.inDialog) this.#respond(pending, rejections.flowFailed)
    else if (status === 430 || status === 480) this.#respond(pending, rejections.notReachable)
    else this.#respond(pending, { status, reason: '', headers: [] })
  }

  onForkFinished(pending: PendingRequest): void {
    this.#close(pending)
  }

  onTimeout(): void {
    // No ACK for a failure (timer H): the transaction ends by itself, and nobody is left to tell.
  }

  onTerminated(transaction: ServerTransaction): void {
    const pending = this.#byTransaction.get(transaction)
    this.#byTransaction.delete(transaction)
    if (!pending) return
    pending.transaction = null
    pending.flow.serverTransactions.delete(transaction.key)
    if (pending.answered) this.#forks.forget(pending)
  }

  #open(flow: EdgeFlow, request: SipMessage, sender: Aor, inDialog: boolean): PendingRequest {
    const pending = new PendingRequest(this, this.#nextNumber++, flow, request, sender, inDialog, this.#times.begun())
    const key = serverTransactionKey(request)
    const { timers } = this.#ports
    const transaction = new ServerTransaction({
      key,
      request,
      reliable: flow.reliable,
      flow,
      timers,
      user: this,
    })
    pending.transaction = transaction
    flow.serverTransactions.set(key, transaction)
    this.#byTransaction.set(transaction, pending)
    this.#pending.set(pending.number, pending)
    if (pending.isInvite) this.#invitesCount++
    // At once, not after 200 ms: the shard's way may be longer, and a caller's T1 is 500.
    if (request.method === 'INVITE')
      transaction.respond(100, this.#writer.encode(pending.flow, request, 100, 'Trying', []))
    return pending
  }

  #learn(pending: PendingRequest, message: AnswerMessage): void {
    const { flow } = pending
    // On UDP nobody holds the other end of the flow: each request proves itself (RFC 3261 §22.1).
    if (message.identity && flow.reliable) this.#prove(flow, message.identity)
    if (message.bound && message.identity) {
      if (flow.closed) this.#tellFlowDied(flow, message.identity.aor)
      else flow.bind(message.identity, message.bound)
    }
  }

  /** An answer of an earlier epoch proves nothing any more, and whoever it is for loses the flow. */
  #prove(flow: EdgeFlow, identity: FlowIdentity): void {
    if (flow.closed || this.#flows.prove(flow, identity)) return
    flow.transport.close('edge.epoch-raised')
  }

  #hasOurNonce({ request, flow }: PendingRequest): boolean {
    const credentials = findCredentials(request, this.#settings.realm)
    const mac = (text: string) => this.#ports.seals.mac('nonce', text)
    return credentials !== null && openNonce(credentials.nonce, flow.transport.remoteAddress, mac) !== null
  }

  /** The flow died while its REGISTER was on its way: nobody would tell the shard otherwise. */
  #tellFlowDied(flow: EdgeFlow, aor: Aor): void {
    this.#ports.bus.send(this.#ports.places.of(aor), { kind: 'flow-died', aor, flow: flow.id, goodbye: false })
  }

  /** Wrong credentials, as opposed to none or stale ones. */
  #isFailedAuthentication({ request }: PendingRequest, message: AnswerMessage): boolean {
    if (message.status !== 401 && message.status !== 407) return false
    // A token of whoever was a user until a moment ago is no guess, but each costs us the check of a signature.
    if (findBearerToken(request) !== null) return true
    if (!hasCredentialsFor(request, this.#settings.realm)) return false
    return !message.headers.some(([, value]) => value.includes('stale=true'))
  }

  /**
   * The third wrong answer on a flow is refused for good; a source that goes on guessing is answered late, then banned.
   * Counted is only who brought back a nonce that was made for its address: over UDP anybody can write any source.
   */
  #answerFailure(pending: PendingRequest, message: AnswerMessage): void {
    const { flow } = pending
    const { failuresPerFlowMax } = this.#settings
    const isProved = flow.reliable || this.#hasOurNonce(pending)
    if (isProved && flow.failedAs.length < failuresPerFlowMax) flow.failedAs.push(pending.sender)
    const answer = flow.failedAs.length < failuresPerFlowMax ? message : rejections.tooManyFailures
    const delayMs = isProved ? this.#gate.onFailedAuthentication(flow) : 0
    const finish = () => {
      this.#refuseUnproved(pending, answer)
      this.#close(pending)
    }
    if (delayMs === 0) finish()
    else this.#ports.timers.set(delayMs, { onTimer: finish }, 0)
  }

  /** On UDP the source may be forged: it gets one answer for each request, and no copies by a timer (timer G). */
  #refuseUnproved(pending: PendingRequest, answer: WrittenAnswer): void {
    if (pending.flow.reliable) return this.#respond(pending, answer)
    this.#writer.reject(pending.flow, pending.request, answer)
    pending.transaction?.terminate()
  }

  #respond(
    { flow, request, transaction }: PendingRequest,
    { status, reason, headers }: WrittenAnswer,
    body: Uint8Array | null = null,
    toTag: string | null = null,
  ): void {
    const bytes = this.#writer.encode(flow, request, status, reason, headers, body, toTag)
    transaction?.respond(status, bytes)
  }

  #finishWith(pending: PendingRequest, rejection: rejections.EdgeRejection): void {
    this.#respond(pending, rejection)
    this.#close(pending)
  }

  #stopDeadline(pending: PendingRequest): void {
    if (pending.deadline) this.#ports.timers.cancel(pending.deadline)
    pending.deadline = null
  }

  #close(pending: PendingRequest): void {
    this.#stopDeadline(pending)
    if (this.#pending.delete(pending.number)) this.#ended(pending)
    pending.answered = true
    // RFC 6026 §7.1: a device that misses the ACK sends its 2xx again, and it must get through.
    if (!pending.isInvite || !pending.transaction) this.#forks.forget(pending)
  }

  #ended({ begunMs, isInvite }: PendingRequest): void {
    this.#times.ended(begunMs)
    if (isInvite) this.#invitesCount--
  }

  #address(number: number): ReplyAddress {
    return { worker: this.#ports.bus.worker, incarnation: this.#ports.bus.incarnation, half: 'edge', number }
  }
}
