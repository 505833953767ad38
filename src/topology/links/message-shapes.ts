/**
 * Every kind of bus message with its number on the wire and its shape. A number is never given twice: a new kind takes
 * the next one and raises `protocolMinor`. A field that is added to a kind comes last and raises it too; whatever a
 * peer of an earlier minor would misread raises `protocolMajor`.
 */
import type { BusKind, BusMessage } from '../../ports/bus.ts'
import {
  adminReplyShape,
  adminShape,
  documentReplyShape,
  documentShape,
  policyAskShape,
  policyReplyShape,
  presenceAskShape,
  presenceReplyShape,
  xcapShape,
} from './administration-shapes.ts'
import {
  directoryAnswerShape,
  directoryAskShape,
  homeAnswerShape,
  homeAskShape,
  homeRenamedShape,
} from './directory-shapes.ts'
import {
  lookAgainShape,
  moveAnswerShape,
  moveAskShape,
  moveReplyShape,
  moveStepShape,
  userMovedShape,
} from './move-shapes.ts'
import {
  answerShape,
  cancelShape,
  deliverShape,
  forwardShape,
  locateShape,
  outcomeShape,
  requestShape,
  sendShape,
  sentShape,
  targetsShape,
} from './request-shapes.ts'
import type { Shape } from './shape.ts'
import {
  aliasShape,
  barrierPassedShape,
  barrierShape,
  datagramShape,
  epochShape,
  flowAliveShape,
  flowDiedShape,
  flowLeftShape,
  groupsChangeShape,
  nameAgainShape,
  namingShape,
  policyAppliedShape,
  policyChangeShape,
  stateShape,
  verdictsShape,
  watchCheckShape,
  watchesShape,
} from './state-shapes.ts'
import { carryShape, homeIsShape, joinedShape, linkStateShape, whoseShape, wrongHomeShape } from './topology-shapes.ts'

export const protocolMajor = 4
export const protocolMinor = 0

export interface MessageRow<T> {
  /** On the wire; one byte. */
  readonly number: number
  readonly shape: Shape<T>
}

type MessageRows = { readonly [Kind in BusKind]: MessageRow<Extract<BusMessage, { readonly kind: Kind }>> }

export const messageRows: MessageRows = {
  request: { number: 1, shape: requestShape },
  answer: { number: 2, shape: answerShape },
  deliver: { number: 3, shape: deliverShape },
  sent: { number: 4, shape: sentShape },
  locate: { number: 5, shape: locateShape },
  targets: { number: 6, shape: targetsShape },
  forward: { number: 7, shape: forwardShape },
  send: { number: 8, shape: sendShape },
  outcome: { number: 9, shape: outcomeShape },
  cancel: { number: 10, shape: cancelShape },
  watches: { number: 11, shape: watchesShape },
  verdicts: { number: 12, shape: verdictsShape },
  state: { number: 13, shape: stateShape },
  naming: { number: 14, shape: namingShape },
  'watch-check': { number: 15, shape: watchCheckShape },
  'name-again': { number: 16, shape: nameAgainShape },
  barrier: { number: 17, shape: barrierShape },
  'barrier-passed': { number: 18, shape: barrierPassedShape },
  'flow-died': { number: 19, shape: flowDiedShape },
  'flow-alive': { number: 20, shape: flowAliveShape },
  'flow-left': { number: 21, shape: flowLeftShape },
  epoch: { number: 22, shape: epochShape },
  alias: { number: 23, shape: aliasShape },
  datagram: { number: 24, shape: datagramShape },
  xcap: { number: 25, shape: xcapShape },
  document: { number: 26, shape: documentShape },
  'document-reply': { number: 27, shape: documentReplyShape },
  admin: { number: 28, shape: adminShape },
  'admin-reply': { number: 29, shape: adminReplyShape },
  'policy-change': { number: 30, shape: policyChangeShape },
  'groups-change': { number: 31, shape: groupsChangeShape },
  'policy-applied': { number: 32, shape: policyAppliedShape },
  'policy-ask': { number: 33, shape: policyAskShape },
  'policy-reply': { number: 34, shape: policyReplyShape },
  'presence-ask': { number: 35, shape: presenceAskShape },
  'presence-reply': { number: 36, shape: presenceReplyShape },
  whose: { number: 37, shape: whoseShape },
  'home-is': { number: 38, shape: homeIsShape },
  'wrong-home': { number: 39, shape: wrongHomeShape },
  joined: { number: 40, shape: joinedShape },
  'move-ask': { number: 41, shape: moveAskShape },
  'move-reply': { number: 42, shape: moveReplyShape },
  'move-step': { number: 43, shape: moveStepShape },
  'move-answer': { number: 44, shape: moveAnswerShape },
  'look-again': { number: 45, shape: lookAgainShape },
  'user-moved': { number: 46, shape: userMovedShape },
  'directory-ask': { number: 47, shape: directoryAskShape },
  'directory-answer': { number: 48, shape: directoryAnswerShape },
  'home-ask': { number: 49, shape: homeAskShape },
  'home-answer': { number: 50, shape: homeAnswerShape },
  'home-renamed': { number: 51, shape: homeRenamedShape },
  'link-state': { number: 52, shape: linkStateShape },
  carry: { number: 53, shape: carryShape },
}
