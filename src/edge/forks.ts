/**
 * Carries out what a response context wants: a forward for each branch to the worker that owns the target's flow,
 * CANCELs, and timer C. Which response goes upstream is decided in `response-context.ts`.
 */
import type { ForwardTarget, OutcomeMessage, ReplyAddress } from '../ports/bus.ts'
import { isOwnPlace } from '../ports/places.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { BestResponse } from './best-response.ts'
import type { EdgePorts } from './edge-ports.ts'
import { callerRoute, ownRoutesCount } from './outgoing-request.ts'
import type { PendingRequest } from './pending-request.ts'
import { ResponseContext } from './response-context.ts'

/** RFC 3261 §16.6 step 11: an INVITE that rings longer without a word is cancelled. */
export const timerCMs = 180_000
/**
 * Timer F of the last branch (64·T1), or after a CANCEL as long (§9.1), has passed by then. What is still open lost its
 * report with the worker that owned the flow.
 */
export const reportsDeadlineMs = 36_000
/** RFC 5393 §5.3.3: what a request without Max-Breadth has, and the most that we grant. */
const maxBreadthDefault = 60
/** Requests that make a dialog, or travel like one that does, get our Record-Route. */
const dialogForming = new Set(['INVITE', 'SUBSCRIBE', 'REFER'])

export interface ForksOwner {
  onForkResponse(pending: PendingRequest, response: BestResponse): void
  onForkFinished(pending: PendingRequest): void
}

interface Branch {
  readonly pending: PendingRequest
  readonly worker: number
  readonly deviceKey: string
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
    pending.fork = new ResponseContext(pending.isInvite, targets, breadthOf(pending.request), {
      forward: (target, maxBreadth) => this.#forward(pending, target, recipient, maxBreadth),
      cancel: (branch) => this.#cancelBranch(branch),
      pass: (response) => this.#owner.onForkResponse(pending, response),
      finished: () => this.#owner.onForkFinished(pending),
    })
    pending.fork.start()
  }

  pendingOf(branch: number): PendingRequest | undefined {
    return this.#branches.get(branch)?.pending
  }

  onOutcome(message: OutcomeMessage): void {
    const pending = this.pendingOf(message.to.number)
    if (!pending) return
    const isRinging = message.status > 100 && message.status < 200
    // §16.7 step 2: a word of the callee gives it another three minutes.
    if (isRinging && pending.isInvite && !pending.cancelled) this.#watch(pending, timerCMs)
    pending.fork?.onOutcome(message.to.number, message)
  }

  /** The worker that owned these branches' flows has died, and they with it (RFC 3261 §16.9). */
  onWorkerGone(worker: number): void {
    for (const [number, branch] of [...this.#branches]) {
      if (branch.worker === worker) this.#reportGone(this.#address(number), branch.deviceKey)
    }
  }

  /** Only an INVITE can be cancelled (RFC 3261 §9.1); everything else runs to its end. */
  cancel(pending: PendingRequest): void {
    if (!pending.fork || !pending.isInvite || pending.cancelled) return
    pending.cancelled = true
    this.#watch(pending, reportsDeadlineMs)
    pending.fork.cancel()
  }

  onDeadline(pending: PendingRequest): void {
    if (pending.isInvite && !pending.cancelled) this.cancel(pending)
    else pending.fork?.giveUp()
  }

  forget(pending: PendingRequest): void {
    for (const number of pending.branches) this.#branches.delete(number)
  }

  #watch(pending: PendingRequest, deadlineMs: number): void {
    if (pending.deadline) this.#ports.timers.cancel(pending.deadline)
    pending.deadline = this.#ports.timers.set(deadlineMs, pending, 0)
  }

  #forward(pending: PendingRequest, target: ForwardTarget, recipient: Aor, maxBreadth: number): number {
    const number = this.#nextNumber++
    const worker = this.#ports.places.ofFlow(target.flow)
    this.#branches.set(number, { pending, worker, deviceKey: target.deviceKey })
    pending.branches.push(number)
    this.#watch(pending, pending.isInvite ? timerCMs : reportsDeadlineMs)
    const { request, sender, inDialog } = pending
    const from = this.#address(number)
    const { seals } = this.#ports
    const source = pending.sourceNow(this.#ports.clock.wallMs())
    const recordRoute = !inDialog && dialogForming.has(request.method)
    const isAway = !isOwnPlace(worker)
    const forward = {
      kind: 'forward',
      from,
      target,
      request,
      mode: inDialog ? 'in-dialog' : 'proxied',
      sender,
      recipient,
      source,
      date: null,
      recordRoute,
      callerRoute: isAway && recordRoute ? callerRoute({ sender, recipient, request, target }, source, seals) : null,
      spentRoutes: isAway && inDialog ? ownRoutesCount(request.values(HeaderId.route), seals) : 0,
      maxBreadth,
    } as const
    if (!this.#ports.bus.send(worker, forward)) this.#reportGone(from, target.deviceKey)
    return number
  }

  #cancelBranch(number: number): void {
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

/** At least 1: what has none left was refused before (`steps/hops.ts`). */
function breadthOf(request: SipMessage): number {
  const given = Number(request.first(HeaderId.maxBreadth) ?? maxBreadthDefault)
  return given >= 1 ? Math.min(Math.floor(given), maxBreadthDefault) : maxBreadthDefault
}
