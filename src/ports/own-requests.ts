/**
 * What shards and edges say to each other of requests that the server makes itself: NOTIFY.
 */
import type { Aor } from '../sip/uri/aor.ts'
import type { FlowId } from './flows.ts'
import type { ReplyPlace } from './reply-address.ts'

/**
 * Ask, shard → edge that owns the flows: send these requests of our own (RFC 3261 §8.1.1), and report an outcome of
 * each.
 */
export interface SendMessage {
  readonly kind: 'send'
  readonly from: ReplyPlace
  readonly method: string
  readonly requests: readonly OwnRequest[]
  /** When what they tell came in, steady wall clock; 0 where nobody waits for it. */
  readonly causeMs: number
}

/** A request of our own, but for its Via, which the edge writes. */
export interface OwnRequest {
  /** Its outcome is reported under it. */
  readonly number: number
  readonly flow: FlowId
  /** Whose device it goes to. */
  readonly owner: Aor
  readonly requestUri: string
  /** Header lines as head text, each with its line end. */
  readonly headers: string
  /** What follows them: more header lines, Content-Length, the empty line, the body. Others may share it. */
  readonly content: Uint8Array
}
