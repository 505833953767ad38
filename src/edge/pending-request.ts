/**
 * A request that waits for its final answer: its server transaction, its fork where the edge forwards it itself, and
 * the deadline after which the edge answers 503 in the shard's place.
 */
import type { FlowIdentity, RequestSource } from '../ports/bus.ts'
import type { TimerHandle, TimerTarget } from '../ports/timers.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { ServerTransaction } from '../sip/transaction/server-transaction.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { EdgeFlow } from './edge-flow.ts'
import type { ResponseContext } from './response-context.ts'

export interface PendingOwner {
  onDeadline(pending: PendingRequest): void
}

export class PendingRequest implements TimerTarget {
  readonly #owner: PendingOwner
  /** Under which bus replies find it. */
  readonly number: number
  readonly flow: EdgeFlow
  readonly request: SipMessage
  readonly sender: Aor
  readonly inDialog: boolean
  /** Monotonic. */
  readonly begunMs: number
  /** Null again when it has ended. */
  transaction: ServerTransaction | null = null
  fork: ResponseContext | null = null
  deadline: TimerHandle | null = null
  /** What its home says of its sender, where the flow itself proves nobody (UDP). */
  proved: FlowIdentity | null = null
  /** The caller wants no more of it, or timer C has fired. */
  cancelled = false
  /** It has had its final answer; an INVITE's 2xx may still be repeated while its transaction lives. */
  answered = false
  /** Numbers of its branches, for replies. */
  readonly branches: number[] = []

  constructor(
    owner: PendingOwner,
    number: number,
    flow: EdgeFlow,
    request: SipMessage,
    sender: Aor,
    inDialog: boolean,
    begunMs: number,
  ) {
    this.#owner = owner
    this.number = number
    this.flow = flow
    this.request = request
    this.sender = sender
    this.inDialog = inDialog
    this.begunMs = begunMs
  }

  get isInvite(): boolean {
    return this.request.method === 'INVITE'
  }

  sourceNow(nowMs: number): RequestSource {
    const source = this.flow.sourceFor(this.sender, nowMs)
    return source.identity === null && this.proved !== null ? { ...source, identity: this.proved } : source
  }

  onTimer(): void {
    this.#owner.onDeadline(this)
  }
}
