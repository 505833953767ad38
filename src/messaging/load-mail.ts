/**
 * From records to memory, at start and when a user's batch failed. What was sent and not settled before is not known:
 * the messages wait until their device is heard from.
 */
import { mailboxMessageRecord } from '../ports/records/mailbox-message.ts'
import { operationRecord } from '../ports/records/operation.ts'
import { queueEntryRecord } from '../ports/records/queue-entry.ts'
import { setAsideRecord } from '../ports/records/set-aside.ts'
import type { StoreKey } from '../ports/store.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { removeMessage, settle } from './keep-mail.ts'
import type { Messaging } from './messaging.ts'
import { attemptOf, onOutcome } from './on-outcome.ts'
import type { Recipient } from './recipient.ts'
import { StoredMessage } from './stored-message.ts'

export const mailRecordKinds: readonly string[] = [
  mailboxMessageRecord.name,
  operationRecord.name,
  queueEntryRecord.name,
  setAsideRecord.name,
]

/** Records of a user come in the order of their keys: messages before the queue entries that refer to them. */
export function loadRecord(
  messaging: Messaging,
  aor: Aor,
  kind: string,
  key: StoreKey,
  value: Uint8Array,
): string | null {
  const recipient = messaging.recipient(aor)
  messaging.keepRecipient(recipient)
  const unreadable = loadKind(messaging, recipient, kind, key, value)
  if (unreadable !== null) recipient.unreadableKeys.push(key)
  return unreadable
}

function loadKind(
  messaging: Messaging,
  recipient: Recipient,
  kind: string,
  key: StoreKey,
  value: Uint8Array,
): string | null {
  switch (kind) {
    case mailboxMessageRecord.name:
      return loadMessage(recipient, value)
    case queueEntryRecord.name:
      return loadEntry(recipient, key, value)
    case operationRecord.name:
      return loadOperation(messaging, recipient, value)
    default:
      return loadSetAside(recipient, key, value)
  }
}

function loadMessage(recipient: Recipient, value: Uint8Array): string | null {
  const decoded = mailboxMessageRecord.decode(value)
  if (!decoded.ok) return decoded.reason
  recipient.mail.add(new StoredMessage(decoded.value, true), [])
  recipient.lastSequence = Math.max(recipient.lastSequence, decoded.value.sequence)
  return null
}

function loadEntry(recipient: Recipient, key: StoreKey, value: Uint8Array): string | null {
  const decoded = queueEntryRecord.decode(value)
  if (!decoded.ok) return decoded.reason
  const { deviceKey, messageSequence, state } = decoded.value
  const message = recipient.mail.get(messageSequence)
  // Its message was in a batch that failed, or could not be read.
  if (!message) recipient.strayKeys.push(key)
  else if (state === 'refused') message.refusedBy.add(deviceKey)
  else {
    recipient.mail.enqueue(message, deviceKey)
    if (state === 'taken-by-other') recipient.mail.leaveMailbox(message)
  }
  return null
}

function loadOperation(messaging: Messaging, recipient: Recipient, value: Uint8Array): string | null {
  const decoded = operationRecord.decode(value)
  if (!decoded.ok) return decoded.reason
  const { operationId, status, reason, headers, atMs } = decoded.value
  messaging.operations.finish(operationId, { status, reason, headers }, atMs)
  messaging.durable(recipient, operationId)
  return null
}

function loadSetAside(recipient: Recipient, key: StoreKey, value: Uint8Array): string | null {
  const decoded = setAsideRecord.decode(value)
  if (!decoded.ok) return decoded.reason
  recipient.setAside.push({ key, expiresMs: decoded.value.expiresMs })
  return null
}

/** Drops what came from records. Deliveries and attempts go on: they are not in the store and have not failed. */
export function forgetMail(messaging: Messaging, aor: Aor): void {
  const recipient = messaging.recipients.get(aor)
  if (!recipient) return
  recipient.mail.clear()
  recipient.setAside = []
  recipient.strayKeys = []
  recipient.unreadableKeys = []
  forgetOperations(messaging, recipient)
  recipient.parked ??= []
}

/** The user has another home. Nothing is on its way any more; what came from records went there. */
export function dropMail(messaging: Messaging, aor: Aor): void {
  const recipient = messaging.recipients.get(aor)
  if (!recipient) return
  forgetOperations(messaging, recipient)
  if (recipient.turn !== null) messaging.host.timers.cancel(recipient.turn)
  messaging.recipients.delete(aor)
}

function forgetOperations({ operations, durableOperations }: Messaging, recipient: Recipient): void {
  for (const operationId of recipient.operations) {
    operations.abandon(operationId)
    durableOperations.delete(operationId)
  }
  recipient.operations.clear()
}

/** All records are there again: what came meanwhile is handled, and what is pending goes on. */
export function onMailReloaded(messaging: Messaging, aor: Aor): void {
  const recipient = messaging.recipients.get(aor)
  if (!recipient) return
  const parked = recipient.parked ?? []
  recipient.parked = null
  settleAgain(messaging, recipient)
  removeOrphans(messaging, recipient)
  for (const message of parked) {
    if (message.kind !== 'outcome') continue
    const attempt = attemptOf(messaging, message)
    if (attempt) messaging.runFor('outcome', attempt, (unit) => onOutcome(messaging, unit, message))
  }
  messaging.scheduleTurn(recipient, 0)
}

/**
 * Removals that may have been in the batch that failed: the devices have these messages, so they must not come back.
 */
function settleAgain(messaging: Messaging, recipient: Recipient): void {
  const settled = recipient.settled
  recipient.settled = []
  for (const each of settled) {
    const message = recipient.mail.get(each.sequence)
    if (message) messaging.run('settle-again', recipient, (unit) => settle(unit, recipient, message, each))
    else recipient.settled.push(each)
  }
}

/** Messages without a reference and references without a message: nothing else would ever remove them. */
export function removeOrphans(messaging: Messaging, recipient: Recipient): void {
  const orphans = recipient.mail.orphans()
  const { strayKeys } = recipient
  if (orphans.length === 0 && strayKeys.length === 0) return
  recipient.strayKeys = []
  messaging.run('orphans', recipient, (unit) => {
    for (const message of orphans) removeMessage(unit, recipient, message)
    for (const key of strayKeys) unit.write(recipient.aor, key, null)
  })
}
