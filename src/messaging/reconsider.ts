/**
 * Looks at a delivery whose sender waits: how its devices stand, which attempts may start, and whether it can be
 * decided. Called when it is new, when a device has answered, when its time is up, and when what it waited for is
 * over.
 */
import type { Device } from '../registrar/index.ts'
import type { Unit } from '../shard/index.ts'
import { conclude, type Ended } from './conclude.ts'
import { type Decision, type DeviceStanding, decideAnswer, decideCopy, type Standing } from './decide-answer.ts'
import type { Messaging } from './messaging.ts'
import type { Attempt, Delivery, Ending } from './recipient.ts'
import { nextTarget, sendAttempt } from './send-attempt.ts'

const noEnding: Ending = Object.freeze({ attempt: null, delivery: null })

/** Starts what may start, and concludes if it can. `ended` is what this unit has just learned, if anything. */
export function reconsider(
  messaging: Messaging,
  unit: Unit,
  delivery: Delivery,
  ended: Ended | null,
  time: 'early' | 'time-up' = 'early',
): Decision {
  const ending: Ending = ended === null ? noEnding : { attempt: ended.attempt, delivery: null }
  if (time === 'early') startWaiting(messaging, unit, delivery, ending)
  const decision = decide(messaging, delivery, ended, time === 'time-up')
  if (decision.act !== 'wait') conclude(messaging, unit, delivery, decision, ended)
  return decision
}

/** Sends the attempts of a delivery that nothing stands before any more. */
export function startWaiting(messaging: Messaging, unit: Unit, delivery: Delivery, ending: Ending): void {
  for (const attempt of delivery.attempts) startAttempt(messaging, unit, delivery, attempt, ending)
}

export function startAttempt(
  messaging: Messaging,
  unit: Unit,
  delivery: Delivery,
  attempt: Attempt,
  ending: Ending,
): void {
  if (attempt.state !== 'waiting' || isBehind(attempt)) return
  if (delivery.conversation.isBlocked(attempt.deviceKey, delivery.sequence, ending)) return
  const target = nextTarget(messaging, attempt)
  if (target) sendAttempt(messaging, unit, attempt, target)
}

function decide(messaging: Messaging, delivery: Delivery, ended: Ended | null, isTimeUp: boolean): Decision {
  const { letter, recipient } = delivery
  const situation = {
    devices: standings(messaging, delivery, messaging.devices.known(recipient.aor), ended),
    isTransient: letter.isTransient,
    isTimeUp,
    isMailboxFull: messaging.isMailboxFull(recipient, letter.request.bytes.length),
  }
  return delivery.kind === 'copy' ? decideCopy(situation) : decideAnswer(situation)
}

/** Devices with an attempt, and for a message those that are known besides. */
function standings(
  messaging: Messaging,
  delivery: Delivery,
  known: readonly Device[],
  ended: Ended | null,
): readonly DeviceStanding[] {
  const devices: DeviceStanding[] = []
  for (const attempt of delivery.attempts) {
    // Forgotten since it was asked: a queue of its own would be nobody's.
    const isKnown = known.some(({ deviceKey }) => deviceKey === attempt.deviceKey)
    devices.push(standingOf(messaging, attempt, isKnown && attempt.lasting, ended))
  }
  for (const { deviceKey, lasting } of known) {
    if (delivery.attempts.some((attempt) => attempt.deviceKey === deviceKey)) continue
    if (delivery.kind === 'message') devices.push({ deviceKey, lasting, standing: 'away', status: 0 })
  }
  return devices
}

function standingOf(messaging: Messaging, attempt: Attempt, lasting: boolean, ended: Ended | null): DeviceStanding {
  const { deviceKey } = attempt
  if (ended !== null && ended.attempt === attempt) {
    return { deviceKey, lasting, standing: ended.standing, status: ended.status }
  }
  const standing = attempt.state === 'waiting' ? waitingStanding(messaging, attempt) : attempt.standing
  return { deviceKey, lasting, standing, status: attempt.status }
}

/** Its turn has not come; meanwhile the device may have left, or what was before it may have been stored. */
function waitingStanding(messaging: Messaging, attempt: Attempt): Standing {
  if (isBehind(attempt)) return 'behind'
  return nextTarget(messaging, attempt) === null ? 'away' : 'asked'
}

/** A device with stored messages gets what is new behind them. */
function isBehind(attempt: Attempt): boolean {
  return attempt.recipient.mail.hasLine(attempt.deviceKey)
}
