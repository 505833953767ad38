/**
 * The client side of the edge: sends requests by the flows that this worker owns and reports what became of them to
 * whoever asked (a shard's delivery, an edge's fork). A flow that is gone is an outcome, never somebody else's flow
 * (P2).
 */
import type { CancelMessage, ForwardMessage, OutcomeMessage, ReplyAddress } from '../ports/bus.ts'
import type { FlowId } from '../ports/flows.ts'
import type { OwnRequest, SendMessage } from '../ports/own-requests.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { ClientTransaction, type ClientTransactionUser } from '../sip/transaction/client-transaction.ts'
import { clientKey, clientTransactionKey } from '../sip/transaction/match.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { loopHash, makeBranch } from './branch.ts'
import { Cancels } from './cancels.ts'
import type { EdgeFlow } from './edge-flow.ts'
import type { EdgePorts, EdgeSettings } from './edge-ports.ts'
import type { FlowTable } from './flow-table.ts'
import { encodeOutgoing } from './outgoing-request.ts'
import { encodeOwn } from './own-request.ts'
import { OwnRequests } from './own-requests.ts'

/** The largest request that leaves in one datagram for certain (RFC 3261 §18.1.1). Larger ones go as fragments. */
export const udpWholeBytesMax = 1300

/** Nothing was sent by this flow; another one of the device is tried where it has one (RFC 5626 §5.3, §11.5). */
const flowFailed = 430
/** RFC 3261 §18.1.1: no stream flow, and longer than what may leave as fragments. */
const requestTooLong = 513

/** Whoever sends a request of our own knows where it went. */
const noDevice = ''

/** One request of ours under way. */
interface Sent {
  readonly from: ReplyAddress
  readonly deviceKey: string
  readonly flow: EdgeFlow
  readonly request: Buffer
  readonly transaction: ClientTransaction
  /** A provisional came: only then may a CANCEL go out (RFC 3261 §9.1). */
  proceeding: boolean
  cancelWanted: boolean
}

export class Forwarder implements ClientTransactionUser {
  readonly #ports: EdgePorts
  readonly #settings: EdgeSettings
  readonly #flows: FlowTable
  readonly #sent = new Map<string, Sent>()
  readonly #byFlow = new Map<EdgeFlow, Set<Sent>>()
  /** INVITEs by who forwarded them, for CANCEL. */
  readonly #invites = new Map<string, Sent>()
  readonly #cancels: Cancels
  readonly #own: OwnRequests
  #nextNumber = 1

  constructor(ports: EdgePorts, settings: EdgeSettings, flows: FlowTable) {
    this.#ports = ports
    this.#settings = settings
    this.#flows = flows
    this.#cancels = new Cancels(ports.timers)
    this.#own = new OwnRequests(ports, (to, status, response) => this.#report(to, noDevice, status, response))
  }

  get sentCount(): number {
    return this.#sent.size + this.#own.count
  }

  /** Without INVITEs; see `upstream.ts`. */
  get soonAnsweredCount(): number {
    const forwarded = this.#sent.values().filter(({ transaction }) => !transaction.isInvite)
    return forwarded.reduce((count) => count + 1, this.#own.count)
  }

  onForward(message: ForwardMessage): void {
    const { from, target } = message
    const flow = this.#flows.find(target.flow)
    if (!flow) return this.#refuse(from, target, message.recipient)
    const branch = this.#newBranch(message.request)
    const request = encodeOutgoing(message, flow.transport, branch, {
      seals: this.#ports.seals,
      realm: this.#settings.realm,
    })
    if (message.request.method === 'ACK') return flow.send(request)
    if (this.#isTooLong(flow, request)) return this.#report(message.from, message.target.deviceKey, flowFailed, null)
    this.#start({ from, deviceKey: target.deviceKey }, message.request.method, flow, branch, request)
  }

  /** A request of our own: it has no Via of anybody else, and forms no fork. True: it was written. */
  onSend(message: SendMessage, own: OwnRequest): boolean {
    const flow = this.#flows.find(own.flow)
    if (!flow) {
      this.#refuse(addressOf(message, own), { flow: own.flow, deviceKey: noDevice }, own.owner)
      return false
    }
    const branch = this.#newBranch(null)
    const bytes = encodeOwn(message.method, own, flow.transport, branch)
    if (this.#isTooLong(flow, bytes)) {
      this.refuseOwn(message, own, requestTooLong)
      return false
    }
    if (flow.reliable) {
      this.#own.begin(message, own.number, flow, branch)
      flow.send(bytes)
    } else this.#start({ from: addressOf(message, own), deviceKey: noDevice }, message.method, flow, branch, bytes)
    return true
  }

  /** Not sent, and why: as if the device had answered so. */
  refuse({ from, target }: ForwardMessage, status: number): void {
    this.#report(from, target.deviceKey, status, null)
  }

  refuseOwn(message: SendMessage, own: OwnRequest, status: number): void {
    this.#report(addressOf(message, own), noDevice, status, null)
  }

  onCancel(message: CancelMessage): void {
    const sent = this.#invites.get(addressKey(message.from))
    if (!sent || sent.cancelWanted) return
    sent.cancelWanted = true
    if (sent.proceeding) this.#sendCancel(sent)
  }

  /** False when the response belongs to nothing under way on this flow: it is dropped and counted. */
  receive(flow: EdgeFlow, response: SipMessage): boolean {
    if (flow.ownRequests && this.#own.receive(flow, response)) return true
    const key = clientTransactionKey(response)
    const sent = this.#sent.get(key)
    if (!sent) return this.#cancels.receive(key, response)
    if (sent.flow !== flow) return false
    sent.transaction.receive(response)
    return true
  }

  /** A message that is not parsed yet. False: it must be. */
  receiveSuccess(flow: EdgeFlow, bytes: Buffer): boolean {
    return this.#own.receiveSuccess(flow, bytes)
  }

  onFlowClosed(flow: EdgeFlow): void {
    this.#own.onFlowClosed(flow)
    for (const sent of [...(this.#byFlow.get(flow) ?? [])]) sent.transaction.transportError()
    this.#byFlow.delete(flow)
  }

  onResponse(transaction: ClientTransaction, response: SipMessage): void {
    const sent = this.#sent.get(transaction.key)
    if (!sent) return
    if (response.statusCode < 200 && !sent.proceeding) {
      sent.proceeding = true
      if (sent.cancelWanted) this.#sendCancel(sent)
    }
    this.#report(sent.from, sent.deviceKey, response.statusCode, response)
  }

  onTimeout(transaction: ClientTransaction): void {
    this.#reportFor(transaction, 408)
  }

  onTransportError(transaction: ClientTransaction): void {
    this.#reportFor(transaction, 0)
  }

  onTerminated(transaction: ClientTransaction): void {
    const sent = this.#sent.get(transaction.key)
    if (!sent) return
    this.#sent.delete(transaction.key)
    this.#byFlow.get(sent.flow)?.delete(sent)
    if (transaction.isInvite) this.#invites.delete(addressKey(sent.from))
  }

  /** Nothing was sent. Whose binding still names the flow has not heard of its end: it went with an earlier worker. */
  #refuse(from: ReplyAddress, target: { readonly flow: FlowId; readonly deviceKey: string }, aor: Aor): void {
    const { flow, deviceKey } = target
    this.#ports.bus.send(this.#ports.places.of(aor), { kind: 'flow-died', aor, flow, goodbye: false })
    this.#report(from, deviceKey, flowFailed, null)
  }

  #isTooLong(flow: EdgeFlow, request: Buffer): boolean {
    return !flow.reliable && request.length > Math.max(udpWholeBytesMax, this.#settings.udpFragmentBytesMax)
  }

  #start(
    { from, deviceKey }: { readonly from: ReplyAddress; readonly deviceKey: string },
    method: string,
    flow: EdgeFlow,
    branch: string,
    request: Buffer,
  ): void {
    const isInvite = method === 'INVITE'
    const transaction = new ClientTransaction({
      key: clientKey(branch, method),
      isInvite,
      reliable: flow.reliable,
      request,
      flow,
      timers: this.#ports.timers,
      user: this,
    })
    const sent: Sent = {
      from,
      deviceKey,
      flow,
      request,
      transaction,
      proceeding: false,
      cancelWanted: false,
    }
    this.#sent.set(transaction.key, sent)
    this.#sentOn(flow).add(sent)
    if (isInvite) this.#invites.set(addressKey(from), sent)
    transaction.start()
  }

  #sentOn(flow: EdgeFlow): Set<Sent> {
    let set = this.#byFlow.get(flow)
    if (!set) {
      set = new Set()
      this.#byFlow.set(flow, set)
    }
    return set
  }

  #sendCancel(sent: Sent): void {
    this.#cancels.start(sent.request, sent.flow, { onTimer: () => this.#endCancelled(sent) })
  }

  #endCancelled(sent: Sent): void {
    const { transaction } = sent
    if (this.#sent.get(transaction.key) !== sent || transaction.state !== 'proceeding') return
    this.#reportFor(transaction, 408)
    transaction.terminate()
  }

  #newBranch(request: SipMessage | null): string {
    const { worker, incarnation } = this.#ports.bus
    return makeBranch(
      worker,
      incarnation,
      this.#nextNumber++,
      this.#settings.bootId.slice(0, 8),
      request ? loopHash(request) : '0',
    )
  }

  #reportFor(transaction: ClientTransaction, status: number): void {
    const sent = this.#sent.get(transaction.key)
    if (sent) this.#report(sent.from, sent.deviceKey, status, null)
  }

  #report(to: ReplyAddress, deviceKey: string, status: number, response: SipMessage | null): void {
    const outcome: OutcomeMessage = { kind: 'outcome', to, status, response, deviceKey }
    this.#ports.bus.send(to.worker, outcome)
  }
}

function addressOf({ from }: SendMessage, { number }: OwnRequest): ReplyAddress {
  return { worker: from.worker, incarnation: from.incarnation, half: from.half, number }
}

function addressKey(address: ReplyAddress): string {
  return `${address.worker}.${address.incarnation}.${address.half}.${address.number}`
}
