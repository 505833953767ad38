/**
 * Ends a delivery: turns a decision of `decide-answer.ts` into the answer to the sender, the records of what is kept,
 * and the change of memory. Attempts that were sent and not answered go on without it.
 */
import type { SentMessage } from '../ports/bus.ts'
import type { MailboxMessage } from '../ports/records/mailbox-message.ts'
import { operationKey, operationRecord } from '../ports/records/operation.ts'
import { type AnswerParts, answerFlushed, makeAnswer, type Rejection, type Unit } from '../shard/index.ts'
import { bytesWithoutCredentials } from '../sip/digest/realm.ts'
import { reasonPhrase } from '../sip/message/encode.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Decision, DeviceStanding, Standing } from './decide-answer.ts'
import { storeMessage } from './keep-mail.ts'
import type { Letter } from './letter.ts'
import type { Messaging } from './messaging.ts'
import type { Attempt, Delivery, Recipient } from './recipient.ts'
import { deliveryFailed, mailboxFull, noSuchUser, notTaken } from './rejections.ts'
import { expectOutcome } from './send-attempt.ts'
import type { StoredMessage } from './stored-message.ts'

export const acceptedAnswer: AnswerParts = Object.freeze({ status: 202, reason: 'Accepted' })
const okAnswer: AnswerParts = Object.freeze({ status: 200, reason: 'OK' })

/** How one attempt has just ended, before memory says so. */
export interface Ended {
  readonly attempt: Attempt
  readonly standing: Standing
  readonly status: number
  readonly response: SipMessage | null
}

/** `gone`: the account was removed meanwhile. `failed`: our own code threw when its time was up. */
export type FinalDecision = Exclude<Decision, { act: 'wait' }> | { readonly act: 'gone' | 'failed' }

export function conclude(
  messaging: Messaging,
  unit: Unit,
  delivery: Delivery,
  decision: FinalDecision,
  ended: Ended | null,
): void {
  const { metrics } = messaging
  let stored: StoredMessage | null = null
  switch (decision.act) {
    case 'delivered':
      stored = keep(messaging, unit, delivery, decision.queueFor, false, ended)
      answer(messaging, unit, delivery, takenAnswer(delivery, decision.by, ended), stored !== null)
      if (delivery.kind === 'message') unit.change(() => metrics.delivered.inc())
      break
    case 'stored':
      stored = keep(messaging, unit, delivery, decision.queueFor, delivery.kind === 'message', ended)
      answer(messaging, unit, delivery, acceptedAnswer, true)
      if (delivery.kind === 'message') unit.change(() => metrics.stored.inc())
      break
    case 'refused':
      answer(messaging, unit, delivery, relayed(delivery, decision.by, ended), false)
      unit.change(() => metrics.refusedByDevices.inc())
      break
    case 'not-taken':
      refuse(messaging, unit, delivery, notTaken)
      break
    case 'full':
      refuse(messaging, unit, delivery, mailboxFull)
      break
    case 'gone':
      refuse(messaging, unit, delivery, noSuchUser)
      break
    case 'failed':
      refuse(messaging, unit, delivery, deliveryFailed)
      break
  }
  unit.change(() => close(messaging, delivery, stored))
}

/** Stores the message for these devices, and in the mailbox if no device has it; null when there is nothing to keep. */
function keep(
  messaging: Messaging,
  unit: Unit,
  delivery: Delivery,
  queueFor: readonly DeviceStanding[],
  inMailbox: boolean,
  ended: Ended | null,
): StoredMessage | null {
  if (queueFor.length === 0 && !inMailbox) return null
  const waiting = queueFor.map(({ deviceKey }) => deviceKey)
  const refusedBy = delivery.attempts.filter((attempt) => hasRefused(attempt, ended)).map(({ deviceKey }) => deviceKey)
  const record = recordOf(messaging, delivery, inMailbox)
  return storeMessage(messaging, unit, delivery.recipient, record, { waiting, refusedBy })
}

function hasRefused(attempt: Attempt, ended: Ended | null): boolean {
  return (ended?.attempt === attempt ? ended.standing : attempt.standing) === 'refused'
}

function recordOf(messaging: Messaging, delivery: Delivery, inMailbox: boolean): MailboxMessage {
  const { letter, sequence } = delivery
  return {
    sequence,
    sender: letter.sender,
    operationId: letter.operationId,
    receivedMs: letter.receivedMs,
    expiresMs: letter.expiresMs,
    // A copy: the original may be a view of a large chunk, and this may be kept for two weeks. No device is shown the
    // sender's credentials, so neither is whoever reads the disk.
    bytes: bytesWithoutCredentials(letter.request, messaging.host.realm),
    date: letter.date,
    inMailbox,
    possiblySeen: false,
  }
}

function takenAnswer(delivery: Delivery, by: DeviceStanding, ended: Ended | null): AnswerParts {
  // A 482 says that the device has it already; the sender asked something else.
  return by.status < 300 ? relayed(delivery, by, ended) : okAnswer
}

/** The device's own response where we have it. */
function relayed(delivery: Delivery, by: DeviceStanding, ended: Ended | null): AnswerParts {
  const isEnding = ended !== null && ended.attempt.deviceKey === by.deviceKey
  const attempt = delivery.attempts.find(({ deviceKey }) => deviceKey === by.deviceKey)
  const response = isEnding ? ended.response : (attempt?.response ?? null)
  return { status: by.status, reason: response?.reasonPhrase ?? reasonPhrase(by.status), response }
}

function refuse(messaging: Messaging, unit: Unit, delivery: Delivery, rejection: Rejection): void {
  if (delivery.kind === 'copy') return
  answer(messaging, unit, delivery, rejection, false)
  unit.change(() => messaging.metrics.refused(rejection))
}

/**
 * Answers the sender, and whoever repeated the request meanwhile. A repetition may come from somebody who only
 * overheard it: it gets the answer, but its flow proves nothing.
 */
function answer(messaging: Messaging, unit: Unit, delivery: Delivery, parts: AnswerParts, isDurable: boolean): void {
  const { from, identity, letter, recipient } = delivery
  if (from === null) return
  const waiters = messaging.operations.waiters(letter.operationId)
  const addresses = waiters.length > 1 ? waiters : [from]
  for (const to of addresses) {
    const toEach = to === from ? { ...parts, identity } : parts
    if (isDurable) answerFlushed(unit, to, toEach)
    else unit.send(to.worker, makeAnswer(to, toEach))
  }
  if (parts.status < 300) tellSender(messaging, unit, letter, isDurable)
  finishOperation(messaging, unit, recipient, letter.operationId, parts, isDurable)
}

/** After a 2xx the sender's other devices may have their copies; not before the flush that the answer waits for. */
export function tellSender(messaging: Messaging, unit: Unit, letter: Letter, isDurable: boolean): void {
  const { sender, request, operationId, source } = letter
  if (!letter.isCopied || source === null) return
  const sent: SentMessage = { kind: 'sent', sender, request, operationId, flow: source.flow }
  if (isDurable) unit.sendFlushed(messaging.host.shardOf(sender), sent, null)
  else unit.send(messaging.host.shardOf(sender), sent)
}

/**
 * Remembers the answer, without the device's response, which nobody needs twice; with a record if it promised
 * something.
 */
export function finishOperation(
  messaging: Messaging,
  unit: Unit,
  recipient: Recipient,
  operationId: string,
  parts: AnswerParts,
  isDurable: boolean,
): void {
  const kept: AnswerParts =
    parts.status === 200 ? okAnswer : { status: parts.status, reason: parts.reason, headers: parts.headers ?? [] }
  if (isDurable) {
    const { aor } = recipient
    const { status, reason } = kept
    const record = { operationId, status, reason, headers: kept.headers ?? [], atMs: unit.nowMs }
    unit.write(aor, operationKey(aor, operationId), operationRecord.encode(record))
  }
  unit.change(() => {
    messaging.operations.finish(operationId, kept, unit.nowMs)
    if (isDurable) messaging.durable(recipient, operationId)
  })
}

/** Takes the delivery out of the way of later messages; runs in a change. */
function close(messaging: Messaging, delivery: Delivery, stored: StoredMessage | null): void {
  const { conversation, recipient } = delivery
  if (delivery.timer !== null) messaging.host.timers.cancel(delivery.timer)
  const index = conversation.open.indexOf(delivery)
  if (index >= 0) conversation.open.splice(index, 1)
  for (const attempt of delivery.attempts) {
    attempt.delivery = null
    if (attempt.state === 'sent') expectOutcome(messaging, attempt)
    else if (attempt.state === 'waiting') attempt.state = 'ended'
    if (stored !== null) carryOver(messaging, attempt, stored)
  }
  // Deliveries that waited for this one may go, or queue behind it; a device that came meanwhile may have it at once.
  if (conversation.open.length > 0 || stored !== null || !recipient.mail.isEmpty) messaging.scheduleTurn(recipient, 0)
}

/** What the live attempt taught about the device stays known about the stored message. */
function carryOver(messaging: Messaging, attempt: Attempt, stored: StoredMessage): void {
  const { deviceKey, doubt, flowDeaths, standing } = attempt
  if (doubt !== null || flowDeaths > 0) stored.note(deviceKey, { doubt, flowDeaths })
  const isOffered = attempt.state === 'sent' && stored.inMailbox && !stored.waiting.has(deviceKey)
  if (isOffered) stored.offeredTo ??= deviceKey
  if (standing === 'not-now') messaging.pause(attempt)
}
