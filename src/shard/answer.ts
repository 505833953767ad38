/**
 * Answers of a shard to the edge that waits with the server transaction, and the shape of a rejection.
 */
import type { AnswerMessage, FlowIdentity, HeaderLines, NewBindings, ReplyAddress } from '../ports/bus.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Unit } from './unit.ts'

/** An expected refusal: a value, frozen and shared, so that a flood of refusals allocates little. */
export interface Rejection {
  readonly status: number
  readonly reason: string
  /** Event id for log and metrics; a test names each. */
  readonly event: string
  readonly headers: HeaderLines
}

export function rejection(of: {
  status: number
  reason: string
  event: string
  retryAfterSeconds?: number
  headers?: HeaderLines
}): Rejection {
  const retry: HeaderLines =
    of.retryAfterSeconds === undefined ? [] : [['Retry-After', String(of.retryAfterSeconds)] as const]
  return Object.freeze({
    status: of.status,
    reason: of.reason,
    event: of.event,
    headers: [...retry, ...(of.headers ?? [])],
  })
}

export interface AnswerParts {
  readonly status: number
  readonly reason: string
  readonly headers?: HeaderLines
  readonly body?: Uint8Array | null
  readonly response?: SipMessage | null
  readonly identity?: FlowIdentity | null
  readonly bound?: NewBindings | null
  readonly toTag?: string | null
}

export function makeAnswer(to: ReplyAddress, parts: AnswerParts): AnswerMessage {
  return {
    kind: 'answer',
    to,
    status: parts.status,
    reason: parts.reason,
    headers: parts.headers ?? [],
    body: parts.body ?? null,
    response: parts.response ?? null,
    identity: parts.identity ?? null,
    bound: parts.bound ?? null,
    toTag: parts.toTag ?? null,
  }
}

/**
 * The store could not keep what the answer would have promised (promise P1): nothing was kept, trying again is
 * sensible.
 */
export const storeUnavailable = rejection({
  status: 503,
  reason: 'Store Unavailable',
  event: 'shard.store-unavailable',
  retryAfterSeconds: 10,
})

/** Answers after the flush of all that the unit rests on; 503 if the batch fails. */
export function answerFlushed(unit: Unit, to: ReplyAddress, parts: AnswerParts): void {
  unit.sendFlushed(to.worker, makeAnswer(to, parts), makeAnswer(to, storeUnavailable))
}
