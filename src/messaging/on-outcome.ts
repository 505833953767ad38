/**
 * A device answered a MESSAGE, or its flow broke, or nothing came (RFC 3428 §7): the next flow of the same device is
 * tried, or the attempt ends. Where its sender still waits the delivery is reconsidered; a stored message is settled.
 */
import type { OutcomeMessage } from '../ports/bus.ts'
import type { Unit } from '../shard/index.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Ended } from './conclude.ts'
import type { Standing } from './decide-answer.ts'
import { type AnswerMeaning, judgeAnswer } from './judge-answer.ts'
import { settle } from './keep-mail.ts'
import { flowDeathsMax, flowDeathWithinMs } from './limits.ts'
import type { Messaging } from './messaging.ts'
import type { Attempt, Ending } from './recipient.ts'
import { reconsider, startAttempt } from './reconsider.ts'
import { nextTarget, sendAttempt } from './send-attempt.ts'
import { sendLine } from './send-line.ts'
import type { Doubt, StoredMessage } from './stored-message.ts'

export function onOutcome(messaging: Messaging, unit: Unit, outcome: OutcomeMessage): void {
  const attempt = attemptOf(messaging, outcome)
  if (!attempt) return
  // The flow that it was asked by was given up, and so was every answer by it but that the device has the message.
  if (outcome.to.number !== attempt.number && judgeAnswer(outcome.status) !== 'taken') return
  const { parked } = attempt.recipient
  if (parked) unit.change(() => parked.push(outcome))
  else applyAnswer(messaging, unit, attempt, outcome.status, outcome.response)
}

/** Null where it has ended, or where the outcome is for an earlier start of this worker. */
export function attemptOf(messaging: Messaging, { to }: OutcomeMessage): Attempt | null {
  return to.incarnation === messaging.host.incarnation ? (messaging.attempts.get(to.number) ?? null) : null
}

export function applyAnswer(
  messaging: Messaging,
  unit: Unit,
  attempt: Attempt,
  status: number,
  response: SipMessage | null,
): void {
  const meaning = judgeAnswer(status)
  if (meaning === 'provisional') return
  const learned = learn(messaging, attempt, status)
  unit.change(() => Object.assign(attempt, learned))
  if (meaning === 'next-flow' && learned.flowDeaths < flowDeathsMax) {
    const target = nextTarget(messaging, attempt)
    if (target) {
      sendAttempt(messaging, unit, attempt, target)
      return
    }
  }
  end(messaging, unit, { attempt, standing: standingAfter(meaning), status, response })
}

/** After silence, or a flow that broke, nobody can say whether the device has the message: the excepted case. */
function learn(messaging: Messaging, attempt: Attempt, status: number): { doubt: Doubt | null; flowDeaths: number } {
  if (status !== 0) return { doubt: status === 408 ? 'silence' : attempt.doubt, flowDeaths: 0 }
  const isSoon = messaging.host.clock.monotonicMs() - attempt.sentMs <= flowDeathWithinMs
  return { doubt: 'flow-lost', flowDeaths: isSoon ? attempt.flowDeaths + 1 : 0 }
}

function standingAfter(meaning: AnswerMeaning): Standing {
  return meaning === 'taken' || meaning === 'refused' ? meaning : 'not-now'
}

function end(messaging: Messaging, unit: Unit, ended: Ended): void {
  const { attempt } = ended
  const { delivery } = attempt
  unit.change(() => markEnded(messaging, ended))
  if (delivery) {
    const decision = reconsider(messaging, unit, delivery, ended)
    if (decision.act === 'wait') unit.change(() => messaging.scheduleTurn(attempt.recipient, 0))
    else if (ended.standing === 'taken') goOn(messaging, unit, attempt, { attempt, delivery })
    return
  }
  const message = attempt.recipient.mail.get(attempt.sequence)
  if (message) settleStored(messaging, unit, message, ended)
  // After a *not now* its sender's next message must not overtake it: the turn sees the pause, this unit does not yet.
  if (ended.standing !== 'not-now') goOn(messaging, unit, attempt, { attempt, delivery: null })
  else unit.change(() => messaging.scheduleTurn(attempt.recipient, 0))
}

function settleStored(messaging: Messaging, unit: Unit, message: StoredMessage, ended: Ended): void {
  const { attempt, standing } = ended
  const { deviceKey, recipient } = attempt
  if (standing === 'taken' || standing === 'refused') {
    const { sequence } = message
    const settled = { sequence, deviceKey, how: standing, lasting: attempt.lasting, atMs: unit.nowMs }
    settle(unit, recipient, message, settled)
    if (standing === 'taken') unit.change(() => messaging.metrics.fetched.inc())
  }
  unit.change(() => {
    if (message.offeredTo === deviceKey) message.offeredTo = null
    if (standing === 'not-now') {
      message.note(deviceKey, { doubt: attempt.doubt, flowDeaths: attempt.flowDeaths })
      messaging.pause(attempt)
    } else attempt.conversation.resume(deviceKey)
    // Whoever waited for this one, by any device, may go on.
    if (standing !== 'taken' || attempt.conversation.open.length > 0) messaging.scheduleTurn(recipient, 0)
  })
}

/** What comes next for this device goes in the same unit, without the wait for a timer. */
function goOn(messaging: Messaging, unit: Unit, attempt: Attempt, ending: Ending): void {
  const { conversation, deviceKey, recipient } = attempt
  const device = messaging.devices.known(recipient.aor).find((each) => each.deviceKey === deviceKey)
  if (!device || device.targets.length === 0) return
  if (recipient.mail.hasLine(deviceKey)) {
    sendLine(messaging, unit, recipient, device, ending)
    return
  }
  for (const delivery of conversation.open) {
    if (delivery === ending.delivery) continue
    const next = delivery.attempts.find((each) => each.deviceKey === deviceKey)
    if (next?.state === 'waiting') {
      startAttempt(messaging, unit, delivery, next, ending)
      return
    }
  }
}

/** To be called in a change. */
export function markEnded(messaging: Messaging, { attempt, standing, status, response }: Ended): void {
  const { flights } = attempt.conversation
  messaging.attempts.delete(attempt.number)
  for (const number of attempt.earlierNumbers) messaging.attempts.delete(number)
  if (attempt.timer !== null) messaging.host.timers.cancel(attempt.timer)
  const index = flights.indexOf(attempt)
  if (index >= 0) flights.splice(index, 1)
  attempt.state = 'ended'
  attempt.standing = standing
  attempt.status = status
  attempt.response = response
}
