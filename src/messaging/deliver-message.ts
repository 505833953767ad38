/**
 * At the recipient's shard: a pager-mode MESSAGE is to be delivered (RFC 3428 §7). Checks who the recipient is and
 * what their policy says, and offers the message to every device on line. What follows from the devices' answers is
 * decided in `decide-answer.ts`.
 */
import { retryAfterSeconds, type Shortage, shortageFor } from '../guard/index.ts'
import type { DeliverMessage } from '../ports/bus.ts'
import { type Device, isGruu } from '../registrar/index.ts'
import { type AnswerParts, answerFlushed, makeAnswer, type Rejection, type Unit } from '../shard/index.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import { acceptedAnswer, finishOperation, tellSender } from './conclude.ts'
import type { Letter } from './letter.ts'
import { expiresMs, isTransient } from './lifetime.ts'
import type { Messaging } from './messaging.ts'
import { Attempt, Delivery, type Recipient } from './recipient.ts'
import { reconsider } from './reconsider.ts'
import { busy, forbiddenByPolicy, mailboxFull, noSuchUser, notTaken } from './rejections.ts'
import { encodeSipDate } from './sip-date.ts'

export function deliverMessage(messaging: Messaging, unit: Unit, message: DeliverMessage): void {
  const main = messaging.accounts.aliasOf(message.recipient)
  if (main) {
    unit.send(messaging.host.shardOf(main), { ...message, recipient: main })
    return
  }
  if (answerKnown(messaging, unit, message)) return
  if (message.unlessKnown) {
    unit.send(message.from.worker, message.unlessKnown)
    return
  }
  const known = messaging.accounts.find(message.recipient)
  if (!known || known.account.disabled) {
    refuse(messaging, unit, message, noSuchUser)
    return
  }
  const devices = messaging.devices.meant(message.recipient, message.request.requestUri)
  if (devices === null) {
    refuse(messaging, unit, message, noSuchUser)
    return
  }
  const recipient = messaging.recipient(message.recipient)
  const letter = letterOf(messaging, message)
  const policy = messaging.policy.mayMessage(message.party, message.recipient)
  // Who is politely blocked hears the same as of somebody who is away, also now.
  const wouldBeStored = policy === 'polite-block' || (policy === 'allow' && isAway(devices))
  const shortage = wouldBeStored && !letter.isTransient ? shortageOf(messaging) : null
  if (shortage !== null) {
    refuseBusy(messaging, unit, message, shortage)
    return
  }
  switch (policy) {
    case 'allow':
      beginDelivery(messaging, unit, { kind: 'message', recipient, letter, message, devices })
      break
    case 'forbid':
      refuse(messaging, unit, message, forbiddenByPolicy)
      break
    case 'polite-block':
      blockPolitely(messaging, unit, recipient, message, letter)
      break
  }
}

/** A retransmission gets the answer of its operation, or waits for it (RFC 3261 §17.2 is the edge's part of this). */
function answerKnown(messaging: Messaging, unit: Unit, message: DeliverMessage): boolean {
  const { operations } = messaging
  const operation = operations.find(message.operationId)
  switch (operation.state) {
    case 'new':
      return false
    case 'running':
      unit.change(() => operations.join(message.operationId, message.from))
      return true
    case 'done':
      // What was promised may still wait for its flush.
      unit.touch(message.recipient)
      answerFlushed(unit, message.from, { ...operation.answer, identity: provedIdentity(message) })
      return true
  }
}

/** Credentials that were used before prove nothing about the flow that they came by. */
function provedIdentity(message: DeliverMessage): DeliverMessage['identity'] {
  return message.unlessKnown === null ? message.identity : null
}

function isAway(devices: readonly Device[]): boolean {
  return devices.every(({ targets }) => targets.length === 0)
}

/** Before the edge refuses anything to those who are there (`src/edge/steps/overload.ts`). */
function shortageOf({ host, settings }: Messaging): Shortage | null {
  return shortageFor('later', host.pressure, settings)
}

function refuseBusy(messaging: Messaging, unit: Unit, message: DeliverMessage, shortage: Shortage): void {
  const { pressure, entropy } = messaging.host
  refuse(messaging, unit, message, busy(retryAfterSeconds(shortage, pressure, entropy)))
  unit.change(() => messaging.metrics.shed[shortage].inc())
}

function refuse(messaging: Messaging, unit: Unit, message: DeliverMessage, rejection: Rejection): void {
  unit.send(message.from.worker, makeAnswer(message.from, { ...rejection, identity: message.identity }))
  unit.change(() => {
    messaging.metrics.refused(rejection)
    const { sender, recipient } = message
    messaging.host.log.write('info', rejection.event, { sender, recipient, callId: message.request.callId })
  })
}

/**
 * The sender shall not learn that it is blocked: it is answered exactly as if the recipient had no device. The record
 * of the operation costs the time of a flush, as storing would.
 */
function blockPolitely(
  messaging: Messaging,
  unit: Unit,
  recipient: Recipient,
  message: DeliverMessage,
  letter: Letter,
): void {
  unit.change(() => messaging.metrics.politelyBlocked.inc())
  if (letter.isTransient) answerAtOnce(unit, message, notTaken)
  else if (messaging.isMailboxFull(recipient, letter.request.bytes.length)) answerAtOnce(unit, message, mailboxFull)
  else {
    unit.change(() => messaging.keepRecipient(recipient))
    finishOperation(messaging, unit, recipient, message.operationId, acceptedAnswer, true)
    answerFlushed(unit, message.from, { ...acceptedAnswer, identity: message.identity })
    tellSender(messaging, unit, letter, true)
  }
}

function answerAtOnce(unit: Unit, message: DeliverMessage, parts: AnswerParts): void {
  unit.send(message.from.worker, makeAnswer(message.from, { ...parts, identity: message.identity }))
}

function letterOf(messaging: Messaging, message: DeliverMessage): Letter {
  const { request, receivedMs } = message
  return {
    sender: message.sender,
    request,
    operationId: message.operationId,
    receivedMs,
    expiresMs: expiresMs(request, receivedMs, messaging.settings.messageExpiryMs),
    // Written by the edge where the request has none, from the first sending on: a repeat must carry the same one.
    date: request.first(HeaderId.date) ?? encodeSipDate(messaging.host.clock.systemMs()),
    // To one device (RFC 5627 §4.4): it takes the message now or nobody does.
    isTransient: isTransient(request) || isGruu(request.requestUri),
    isCopied: message.isCopied,
    source: message.source,
  }
}

export interface NewDelivery {
  readonly kind: 'message' | 'copy'
  readonly recipient: Recipient
  readonly letter: Letter
  /** Null for a copy. */
  readonly message: DeliverMessage | null
  readonly devices: readonly Device[]
}

/** Offers a message to the devices; it is decided at once when there is nothing to wait for. */
export function beginDelivery(messaging: Messaging, unit: Unit, parts: NewDelivery): void {
  const { recipient, letter, message } = parts
  const conversation = recipient.conversation(letter.sender)
  const sequence = recipient.nextSequence(unit.nowMs)
  const from = message?.from ?? null
  const identity = message?.identity ?? null
  const delivery = new Delivery(
    { kind: parts.kind, recipient, conversation, sequence, letter, from, identity },
    messaging.timers,
  )
  for (const device of parts.devices) {
    if (device.targets.length > 0 || parts.kind === 'copy')
      delivery.attempts.push(newAttempt(messaging, delivery, device))
  }
  unit.change(() => {
    messaging.keepRecipient(recipient)
    recipient.conversations.set(conversation.sender, conversation)
    recipient.lastSequence = sequence
  })
  const decision = reconsider(messaging, unit, delivery, null)
  if (decision.act === 'wait') unit.change(() => keepWaiting(messaging, delivery))
}

function newAttempt(messaging: Messaging, delivery: Delivery, device: Device): Attempt {
  const { recipient, conversation, sequence, letter } = delivery
  const { deviceKey, lasting } = device
  const { request, date, source } = letter
  const attempt = new Attempt(
    { recipient, conversation, deviceKey, lasting, sequence, request, date, source, delivery },
    messaging.timers,
  )
  if (device.targets.length === 0) {
    attempt.state = 'ended'
    attempt.standing = 'away'
  }
  return attempt
}

function keepWaiting(messaging: Messaging, delivery: Delivery): void {
  delivery.conversation.open.push(delivery)
  delivery.timer = messaging.host.timers.set(messaging.settings.deliveryTimeoutMs, delivery, 0)
  if (delivery.from) messaging.operations.begin(delivery.letter.operationId, delivery.from)
}
