/**
 * Shapes of the bus messages about requests, their answers and what is forwarded to devices (`src/ports/bus.ts`).
 */
import type {
  AnswerMessage,
  CancelMessage,
  DeliverMessage,
  ForwardMessage,
  LocateMessage,
  OutcomeMessage,
  RequestMessage,
  SentMessage,
  TargetsMessage,
} from '../../ports/bus.ts'
import type { OwnRequest, SendMessage } from '../../ports/own-requests.ts'
import {
  bytes,
  flowId,
  headerLines,
  identity,
  newBindings,
  party,
  replyAddress,
  replyPlace,
  route,
  source,
  target,
  textOrNull,
} from './address-shapes.ts'
import { itemsMax } from './limits.ts'
import { aor, choice, constant, count, flag, list, number, orNull, record, text } from './shape.ts'
import { sipRequest, sipResponse } from './sip-shape.ts'

export const requestShape = record<RequestMessage>({
  kind: constant('request'),
  from: replyAddress,
  sender: aor,
  request: sipRequest,
  source,
  // What another server has seen is no proof here.
  proof: constant<RequestMessage['proof']>(null),
  receivedMs: number,
  route: orNull(route),
})

export const answerShape = record<AnswerMessage>({
  kind: constant('answer'),
  to: replyAddress,
  status: count,
  reason: text,
  headers: headerLines,
  body: orNull(bytes),
  response: orNull(sipResponse),
  identity: orNull(identity),
  bound: orNull(newBindings),
  toTag: textOrNull,
})

export const deliverShape = record<DeliverMessage>({
  kind: constant('deliver'),
  from: replyAddress,
  sender: aor,
  party,
  recipient: aor,
  request: sipRequest,
  operationId: text,
  receivedMs: number,
  source,
  identity: orNull(identity),
  unlessKnown: orNull(answerShape),
  isCopied: flag,
})

export const sentShape = record<SentMessage>({
  kind: constant('sent'),
  sender: aor,
  request: sipRequest,
  operationId: text,
  flow: flowId,
})

export const locateShape = record<LocateMessage>({
  kind: constant('locate'),
  from: replyAddress,
  sender: aor,
  party,
  recipient: aor,
  requestUri: text,
  requestBytes: count,
  source,
  identity: orNull(identity),
})

export const targetsShape = record<TargetsMessage>({
  kind: constant('targets'),
  to: replyAddress,
  sender: aor,
  recipient: aor,
  targets: list(target, itemsMax),
  identity: orNull(identity),
})

export const forwardShape = record<ForwardMessage>({
  kind: constant('forward'),
  from: replyAddress,
  target,
  request: sipRequest,
  mode: choice('proxied', 'in-dialog', 'stored'),
  sender: aor,
  recipient: aor,
  source: orNull(source),
  date: textOrNull,
  recordRoute: flag,
  callerRoute: textOrNull,
  spentRoutes: count,
  maxBreadth: orNull(count),
})

const ownRequest = record<OwnRequest>({
  number: count,
  flow: flowId,
  owner: aor,
  requestUri: text,
  headers: text,
  content: bytes,
})

export const sendShape = record<SendMessage>({
  kind: constant('send'),
  from: replyPlace,
  method: text,
  requests: list(ownRequest, itemsMax),
  causeMs: number,
})

export const outcomeShape = record<OutcomeMessage>({
  kind: constant('outcome'),
  to: replyAddress,
  status: count,
  response: orNull(sipResponse),
  deviceKey: text,
})

export const cancelShape = record<CancelMessage>({ kind: constant('cancel'), from: replyAddress })
