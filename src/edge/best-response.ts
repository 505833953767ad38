/**
 * The best response of a fork that nobody answered with success (RFC 3261 §16.7 steps 6 and 7). Pure choice; when it is
 * time to choose is decided in `response-context.ts`.
 */
import type { SipMessage } from '../sip/message/sip-message.ts'

export interface BestResponse {
  readonly status: number
  /** Null where no device gave it. */
  readonly response: SipMessage | null
  /** Responses whose challenges go along with it: the caller can answer them all at once (step 7). */
  readonly challenges: readonly SipMessage[]
}

interface Candidate {
  readonly status: number
  readonly response: SipMessage | null
}

/** What the caller can act upon comes first inside its class. */
const helpful = new Set([401, 407, 415, 420, 484])
/** A branch whose flow leads nowhere: gone, or 430 of RFC 5626. */
const flowFailed = 430

/** Did the request not get as far as the device? Then its next flow is worth a try (RFC 5626 §5.3). */
export function isFlowFailure(status: number): boolean {
  return status === 0 || status === flowFailed
}

export class BestResponses {
  #best: Candidate | null = null
  readonly #challenges: SipMessage[] = []

  consider(status: number, response: SipMessage | null): void {
    if (response && isChallenge(status)) this.#challenges.push(response)
    if (this.#best === null || rank(status) < rank(this.#best.status)) this.#best = { status, response }
  }

  /** 430: no flow led to a device. `isCancelled`: then 487 is truer than any answer that no device gave. */
  choose(isCancelled: boolean): BestResponse {
    const best = this.#best
    if (isCancelled && !best?.response) return { status: 487, response: null, challenges: [] }
    if (best !== null && isFlowFailure(best.status)) return { status: flowFailed, response: null, challenges: [] }
    // 503 would take this server out of use for its clients (step 6), though it is one user who is away.
    if (best === null || best.status === 503) return { status: 480, response: null, challenges: [] }
    const challenges = isChallenge(best.status) ? this.#challenges.filter((each) => each !== best.response) : []
    return { ...best, challenges }
  }
}

function isChallenge(status: number): boolean {
  return status === 401 || status === 407
}

/** 6xx first, then the lowest class (step 6); a branch that broke counts as 503 (§16.9). */
function rank(status: number): number {
  if (status >= 600) return 0
  if (status === 0 || status === 503) return 59
  if (isFlowFailure(status)) return 49
  const least = status === 408 ? 2 : 1
  return Math.floor(status / 100) * 10 + (helpful.has(status) ? 0 : least)
}
