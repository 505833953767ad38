/**
 * A request of our own that waits for its answer, in the list of those of its flow: found when the flow ends, left
 * without a search. Which they are, and for how long, is `own-requests.ts`.
 */
import type { ReplyPlace } from '../ports/reply-address.ts'

/** Where such a list begins. */
export interface SendingFlow {
  /** The newest; the others follow it. */
  ownRequests: UnderWay | null
}

export class UnderWay {
  readonly from: ReplyPlace
  readonly number: number
  readonly method: string
  readonly flow: SendingFlow
  readonly branch: string
  /** Monotonic. */
  readonly sentMs: number
  #newer: UnderWay | null = null
  #older: UnderWay | null

  constructor(
    { from, method }: { readonly from: ReplyPlace; readonly method: string },
    number: number,
    flow: SendingFlow,
    branch: string,
    sentMs: number,
  ) {
    this.from = from
    this.number = number
    this.method = method
    this.flow = flow
    this.branch = branch
    this.sentMs = sentMs
    this.#older = flow.ownRequests
    if (this.#older) this.#older.#newer = this
    flow.ownRequests = this
  }

  /** To be called once. */
  leave(): void {
    if (this.#newer) this.#newer.#older = this.#older
    else this.flow.ownRequests = this.#older
    if (this.#older) this.#older.#newer = this.#newer
  }
}
