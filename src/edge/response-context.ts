/**
 * The response context of a forked request (RFC 3261 §16.6–16.7, §16.10): branches in groups of equal q, best response,
 * every 2xx of an INVITE at once, CANCEL of the rest. Pure: what it wants done it says to its owner.
 */
import type { ForwardTarget, OutcomeMessage } from '../ports/bus.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'

export interface ForkOwner {
  /** Starts a branch and returns its number; its outcomes come later, never inside this call. */
  forward(target: ForwardTarget, maxBreadth: number | null): number
  cancel(branch: number): void
  /** A response to pass upstream; for a non-INVITE only one final one ever comes. */
  pass(status: number, response: SipMessage | null): void
  /** All branches have ended and the final response has been passed. */
  finished(): void
}

interface Branch {
  ended: boolean
  cancelled: boolean
}

/** What the upstream gets when all branches fell silent or broke. */
interface Best {
  status: number
  response: SipMessage | null
}

export class ResponseContext {
  readonly #isInvite: boolean
  readonly #owner: ForkOwner
  /** Groups not tried yet, best q first; inside a group all are tried at once. */
  readonly #waiting: ForwardTarget[][]
  readonly #branches = new Map<number, Branch>()
  #best: Best | null = null
  #finalPassed = false
  #succeeded = false
  #stopped = false

  readonly #maxBreadth: number

  /** `maxBreadth`: of the request, 60 where it had none (RFC 5393 §5.3.3). */
  constructor(isInvite: boolean, targets: readonly ForwardTarget[], maxBreadth: number, owner: ForkOwner) {
    this.#isInvite = isInvite
    this.#maxBreadth = maxBreadth
    this.#owner = owner
    this.#waiting = groupByPreference(targets)
  }

  start(): void {
    this.#tryNextGroup()
  }

  onOutcome(branchNumber: number, outcome: OutcomeMessage): void {
    const branch = this.#branches.get(branchNumber)
    if (!branch) return
    const { status, response } = outcome
    if (status > 0 && status < 200) this.#onProvisional(status, response)
    else if (status >= 200 && status < 300) this.#onSuccess(branch, status, response)
    else this.#onFailure(branch, status, response)
  }

  /** The caller cancels (RFC 3261 §16.10): pending branches are cancelled, groups not yet tried are dropped. */
  cancel(): void {
    this.#stop()
    this.#finishIfAllEnded()
  }

  #onProvisional(status: number, response: SipMessage | null): void {
    // 100 is hop by hop; after a final response nothing provisional may follow.
    if (this.#isInvite && status > 100 && response && !this.#finalPassed) this.#owner.pass(status, response)
  }

  #onSuccess(branch: Branch, status: number, response: SipMessage | null): void {
    branch.ended = true
    // RFC 3261 §16.7 step 5: every 2xx to an INVITE goes upstream, also after the first.
    if (this.#isInvite || !this.#finalPassed) this.#owner.pass(status, response)
    this.#finalPassed = true
    this.#succeeded = true
    this.#stop()
    this.#finishIfAllEnded()
  }

  #onFailure(branch: Branch, status: number, response: SipMessage | null): void {
    if (branch.ended) return
    branch.ended = true
    this.#consider(status, response)
    if (status >= 600) this.#stop()
    this.#finishIfAllEnded()
  }

  #consider(status: number, response: SipMessage | null): void {
    // A branch that broke counts as 503 would (§16.9), which upstream is told as 480: this user, not this server, is
    // away.
    const effective = status === 0 || status === 503 ? 480 : status
    const kept = effective === status ? response : null
    if (this.#best === null || rank(effective) < rank(this.#best.status))
      this.#best = { status: effective, response: kept }
  }

  #tryNextGroup(): void {
    const group = this.#waiting.shift()
    if (!group) return
    // RFC 5393 §5.3: parallel branches share the breadth; one branch alone keeps it as it came.
    const breadth = group.length > 1 ? Math.max(1, Math.floor(this.#maxBreadth / group.length)) : null
    for (const target of group.slice(0, this.#maxBreadth)) {
      const number = this.#owner.forward(target, breadth)
      this.#branches.set(number, { ended: false, cancelled: false })
    }
  }

  #stop(): void {
    this.#stopped = true
    this.#waiting.length = 0
    if (!this.#isInvite) return
    for (const [number, branch] of this.#branches) {
      if (branch.ended || branch.cancelled) continue
      branch.cancelled = true
      this.#owner.cancel(number)
    }
  }

  #finishIfAllEnded(): void {
    for (const branch of this.#branches.values()) if (!branch.ended) return
    if (!this.#stopped && this.#waiting.length > 0) {
      this.#tryNextGroup()
      return
    }
    if (!this.#finalPassed) {
      this.#finalPassed = true
      const best = this.#best ?? { status: this.#stopped ? 487 : 480, response: null }
      this.#owner.pass(best.status, best.response)
    }
    // A non-INVITE with a success is over; an INVITE too once every branch has ended.
    if (this.#succeeded || this.#finalPassed) this.#owner.finished()
  }
}

/**
 * RFC 3261 §16.7 step 6: 6xx first, then the lowest class; inside 4xx those that tell the caller what to do come first.
 */
function rank(status: number): number {
  if (status >= 600) return 0
  const statusClass = Math.floor(status / 100)
  const helpful = [401, 407, 415, 420, 484].includes(status) ? 0 : 1
  // Silence is the least that can be said of a class.
  const silent = status === 408 ? 1 : 0
  return statusClass * 10 + helpful * 2 + silent
}

function groupByPreference(targets: readonly ForwardTarget[]): ForwardTarget[][] {
  const groups = new Map<number, ForwardTarget[]>()
  for (const target of targets) {
    const group = groups.get(target.qThousandths)
    if (group) group.push(target)
    else groups.set(target.qThousandths, [target])
  }
  return [...groups].sort(([a], [b]) => b - a).map(([, group]) => group)
}
