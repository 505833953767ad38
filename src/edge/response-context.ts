/**
 * The response context of a forked request (RFC 3261 §16.6–16.7, §16.10): devices in groups of equal q, each by one
 * flow at a time, every 2xx of an INVITE at once, CANCEL of the rest. Pure: what it wants done it says to its owner.
 */
import type { ForwardTarget, OutcomeMessage } from '../ports/bus.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { type BestResponse, BestResponses, isFlowFailure } from './best-response.ts'

export interface ForkOwner {
  /** Starts a branch and returns its number; its outcomes come later, never inside this call. */
  forward(target: ForwardTarget, maxBreadth: number): number
  cancel(branch: number): void
  /** A response to pass upstream; only 2xx of an INVITE follow a final one. */
  pass(response: BestResponse): void
  /** All branches have ended and the final response has been passed. Said once; a 2xx may still be repeated. */
  finished(): void
}

/** One device being tried. */
interface Branch {
  /** Its other flows, newest first: tried when the one in use fails, never both (RFC 5626 §5.3). */
  readonly otherFlows: ForwardTarget[]
  readonly maxBreadth: number
  ended: boolean
  cancelled: boolean
}

/** The flows of one device, newest first. */
type DeviceFlows = ForwardTarget[]

export class ResponseContext {
  readonly #isInvite: boolean
  readonly #owner: ForkOwner
  /** Groups not tried yet, best q first; inside a group all devices are tried at once. */
  readonly #waiting: DeviceFlows[][]
  readonly #maxBreadth: number
  readonly #branches = new Map<number, Branch>()
  readonly #responses = new BestResponses()
  #finalPassed: 'none' | 'success' | 'failure' = 'none'
  #isCancelled = false
  #isStopped = false
  #isFinished = false

  /**
   * `targets`: a device's flows stand together, newest first. `maxBreadth`: what the request allows (RFC 5393 §5.3.3);
   * a group that is larger is tried in parts, one after the other.
   */
  constructor(isInvite: boolean, targets: readonly ForwardTarget[], maxBreadth: number, owner: ForkOwner) {
    this.#isInvite = isInvite
    this.#maxBreadth = maxBreadth
    this.#owner = owner
    this.#waiting = groupByPreference(targets).flatMap((group) => parts(group, maxBreadth))
  }

  start(): void {
    this.#goOn()
  }

  onOutcome(branchNumber: number, outcome: OutcomeMessage): void {
    const branch = this.#branches.get(branchNumber)
    if (!branch) return
    const { status, response } = outcome
    if (status > 0 && status < 200) this.#onProvisional(status, response)
    else if (status >= 200 && status < 300) this.#onSuccess(branch, status, response)
    else if (!branch.ended) this.#onFailure(branch, status, response)
  }

  /** The caller cancels (RFC 3261 §16.10): pending branches are cancelled, groups not yet tried are dropped. */
  cancel(): void {
    this.#isCancelled = true
    this.#stop()
    this.#goOn()
  }

  /** What has not been heard by now never will be: those branches count as silent (408). */
  giveUp(): void {
    this.#stop()
    for (const branch of this.#branches.values()) if (!branch.ended) this.#end(branch, 408, null)
    this.#goOn()
  }

  #onProvisional(status: number, response: SipMessage | null): void {
    // 100 is hop by hop; a non-INVITE's go no further (RFC 4320 §4.1); nothing provisional follows a final response.
    if (!this.#isInvite || status === 100 || !response || this.#finalPassed !== 'none') return
    this.#owner.pass({ status, response, challenges: [] })
  }

  #onSuccess(branch: Branch, status: number, response: SipMessage | null): void {
    branch.ended = true
    // RFC 3261 §16.7 step 5: every 2xx to an INVITE goes upstream, also after the first.
    const isWanted = this.#isInvite ? this.#finalPassed !== 'failure' : this.#finalPassed === 'none'
    if (isWanted) {
      this.#finalPassed = 'success'
      this.#owner.pass({ status, response, challenges: [] })
    }
    this.#stop()
    this.#goOn()
  }

  #onFailure(branch: Branch, status: number, response: SipMessage | null): void {
    const next = isFlowFailure(status) && !this.#isStopped ? branch.otherFlows.shift() : undefined
    if (next) {
      branch.ended = true
      this.#branches.set(this.#owner.forward(next, branch.maxBreadth), { ...branch, ended: false })
      return
    }
    this.#end(branch, status, response)
    if (status >= 600) this.#stop()
    this.#goOn()
  }

  #end(branch: Branch, status: number, response: SipMessage | null): void {
    branch.ended = true
    this.#responses.consider(status, response)
  }

  /** RFC 5393 §5.3.3: branches that run at once share the breadth. */
  #tryNextGroup(group: readonly DeviceFlows[]): void {
    const maxBreadth = Math.floor(this.#maxBreadth / group.length)
    for (const [newest, ...otherFlows] of group) {
      const number = this.#owner.forward(newest as ForwardTarget, maxBreadth)
      this.#branches.set(number, { otherFlows, maxBreadth, ended: false, cancelled: false })
    }
  }

  #stop(): void {
    this.#isStopped = true
    this.#waiting.length = 0
    if (!this.#isInvite) return
    for (const [number, branch] of this.#branches) {
      if (branch.ended || branch.cancelled) continue
      branch.cancelled = true
      this.#owner.cancel(number)
    }
  }

  /** Next group, or the end, when every branch has ended. */
  #goOn(): void {
    if (this.#isFinished) return
    for (const branch of this.#branches.values()) if (!branch.ended) return
    const group = this.#waiting.shift()
    if (group) {
      this.#tryNextGroup(group)
      return
    }
    this.#isFinished = true
    if (this.#finalPassed === 'none') {
      this.#finalPassed = 'failure'
      this.#owner.pass(this.#responses.choose(this.#isCancelled))
    }
    this.#owner.finished()
  }
}

/** Devices of equal q together, best q first. A device counts by its newest flow. */
function groupByPreference(targets: readonly ForwardTarget[]): DeviceFlows[][] {
  const devices = new Map<string, DeviceFlows>()
  for (const target of targets) {
    const flows = devices.get(target.deviceKey)
    if (flows) flows.push(target)
    else devices.set(target.deviceKey, [target])
  }
  const groups = new Map<number, DeviceFlows[]>()
  for (const flows of devices.values()) {
    const { qThousandths } = flows[0] as ForwardTarget
    const group = groups.get(qThousandths)
    if (group) group.push(flows)
    else groups.set(qThousandths, [flows])
  }
  return [...groups].sort(([a], [b]) => b - a).map(([, group]) => group)
}

function parts<T>(group: readonly T[], sizeMax: number): T[][] {
  const count = Math.ceil(group.length / sizeMax)
  return Array.from({ length: count }, (_, index) => group.slice(index * sizeMax, (index + 1) * sizeMax))
}
