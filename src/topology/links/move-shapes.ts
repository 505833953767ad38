/**
 * Shapes of the bus messages by which a user gets another home (`src/ports/move-bus.ts`).
 */
import type {
  LookAgainMessage,
  MoveAnswer,
  MoveAnswerMessage,
  MoveAskMessage,
  MovedFlow,
  MovedRecord,
  MoveReply,
  MoveReplyMessage,
  MoveRequest,
  MoveStep,
  MoveStepMessage,
  UserMovedMessage,
} from '../../ports/move-bus.ts'
import { aors, bytes, flowId, replyAddress, secrets, texts } from './address-shapes.ts'
import { itemsMax } from './limits.ts'
import { aor, choice, constant, count, list, number, oneOf, orNull, record, text } from './shape.ts'

const request = oneOf<MoveRequest, 'act'>('act', {
  move: { to: text },
  adopt: { displayName: text, secrets: orNull(secrets) },
})

const reply = oneOf<MoveReply, 'ok'>('ok', {
  true: { aor, from: text, to: text, epoch: count, recordsCount: count, frozenMs: number },
  false: { error: choice('invalid', 'not-found', 'conflict', 'unavailable'), message: text },
})

export const moveAskShape = record<MoveAskMessage>({
  kind: constant('move-ask'),
  from: replyAddress,
  aor,
  act: request,
})

export const moveReplyShape = record<MoveReplyMessage>({ kind: constant('move-reply'), to: replyAddress, reply })

const records = list(record<MovedRecord>({ key: text, value: orNull(bytes) }), itemsMax)
const flows = list(record<MovedFlow>({ flow: flowId, bindings: texts, atMs: number }), itemsMax)

const step = oneOf<MoveStep, 'step'>('step', {
  offer: { names: aors, epoch: count },
  part: { records },
  flush: { round: count, flows },
  committed: { epoch: count },
  dropped: {},
})

export const moveStepShape = record<MoveStepMessage>({
  kind: constant('move-step'),
  worker: count,
  aor,
  move: text,
  step,
})

const answer = oneOf<MoveAnswer, 'says'>('says', {
  ready: {},
  refused: { reason: text },
  flushed: { round: count },
  owned: {},
  asks: {},
})

export const moveAnswerShape = record<MoveAnswerMessage>({
  kind: constant('move-answer'),
  worker: count,
  aor,
  move: text,
  answer,
})

export const lookAgainShape = record<LookAgainMessage>({ kind: constant('look-again'), aor, names: aors })

export const userMovedShape = record<UserMovedMessage>({
  kind: constant('user-moved'),
  aor,
  names: aors,
  server: text,
  epoch: count,
  by: choice('record', 'rival'),
})
