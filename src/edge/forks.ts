/**
 * Carries out what a response context wants: a forward for each branch to the worker that owns the target's flow,
 * CANCELs, and timer C. Which response goes upstream is decided in `response-context.ts`.
 */
import type { ForwardTarget, OutcomeMessage, ReplyAddress } from '../ports/bus.ts'
import { flowWorker } from '../ports/flows.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { EdgePorts } from './edge-ports.ts'
import type { PendingRequest } from './pending-request.ts'
import { ResponseContext } from './response-context.ts'

/** RFC 3261 §16.6 step 11: an INVITE that rings longer is cancelled. */
export const timerCMs = 180_000
/** Timer F of the last branch has passed long before; this only guards against a lost report. */
const nonInviteDeadlineMs = 36_000
/** RFC 5393 §5.3.3.1: what a request without Max-Breadth has. */
const maxBreadthDefault = 60
/** Requests that make a dialog, or travel like one that does, get our Record-Route. */
const dialogForming = new Set(['INVITE', 'SUBSCRIBE', 'REFER'])

export interface ForksOwner {
  onForkResponse(pending: PendingRequest, status: number, response: SipMessage | null): void
  onForkFinished(pending: PendingRequest): void
}

interface Branch {
  readonly pending: PendingRequest
  readonly worker: number
}

export class Forks {
  readonly #ports: EdgePorts
  readonly #owner: ForksOwner
  readonly #branches = new Map<number, Branch>()
  #nextNumber = 1

  constructor(ports: EdgePorts, owner: ForksOwner) {
    this.#ports = ports
    this.#owner = owner
  }

  start(pending: PendingRequest, targets: readonly ForwardTarget[], recipient: Aor): void {
    const { request } = pending
    const isInvite = request.method === 'INVITE'
    const breadth = Number(request.first(HeaderId.maxBreadth) ?? maxBreadthDefault) || maxBreadthDefault
    pending.fork = new ResponseContext(isInvite, targets, breadth, {
      forward: (target, maxBreadth) => this.#forward(pending, target, recipient, maxBreadth),
      cancel: (branch) => this.#cancel(branch),
      pass: (status, response) => this.#owner.onForkResponse(pending, status, response),
      finished: () => this.#owner.onForkFinished(pending),
    })
    pending.deadline = this.#ports.timers.set(isInvite ? timerCMs : nonInviteDeadlineMs, pending, 0)
    pending.fork.start()
  }

  onOutcome(message: OutcomeMessage): void {
    this.#branches.get(message.to.number)?.pending.fork?.onOutcome(message.to.number, message)
  }

  forget(pending: PendingRequest): void {
    for (const number of pending.branches) this.#branches.delete(number)
  }

  #forward(pending: PendingRequest, target: ForwardTarget, recipient: Aor, maxBreadth: number | null): number {
    const number = this.#nextNumber++
    const worker = flowWorker(target.flow)
    this.#branches.set(number, { pending, worker })
    pending.branches.push(number)
    const { request, sender, inDialog, flow } = pending
    const from = this.#address(number)
    const source = flow.sourceFor(sender, this.#ports.clock.wallMs())
    const recordRoute = !inDialog && dialogForming.has(request.method)
    const mode = inDialog ? 'in-dialog' : 'proxied'
    const forward = {
      kind: 'forward',
      from,
      target,
      request,
      mode,
      sender,
      recipient,
      source,
      date: null,
      recordRoute,
      maxBreadth,
    } as const
    if (!this.#ports.bus.send(worker, forward)) this.#reportGone(from, target.deviceKey)
    return number
  }

  #cancel(number: number): void {
    const branch = this.#branches.get(number)
    if (branch) this.#ports.bus.send(branch.worker, { kind: 'cancel', from: this.#address(number) })
  }

  /** The worker that owned the flow is down; the outcome comes by the bus like any other. */
  #reportGone(to: ReplyAddress, deviceKey: string): void {
    this.#ports.bus.send(this.#ports.bus.worker, { kind: 'outcome', to, status: 0, response: null, deviceKey })
  }

  #address(number: number): ReplyAddress {
    return { worker: this.#ports.bus.worker, incarnation: this.#ports.bus.incarnation, half: 'edge', number }
  }
}
