/**
 * Stored messages come and go: the records that are written or removed, and the change of memory that goes with them.
 * One record for the message, however many devices wait, and a small one for each device. Who gets what is decided
 * elsewhere (`decide-answer.ts`).
 *
 * Whether a message is still in the mailbox is not written again when a device takes it: an entry that says
 * `taken-by-other` says it, and a message without entries is removed with its record.
 */
import type { MailboxMessage } from '../ports/records/mailbox-message.ts'
import { mailboxMessageKey, mailboxMessageRecord } from '../ports/records/mailbox-message.ts'
import { type QueueEntryState, queueEntryKey, queueEntryRecord } from '../ports/records/queue-entry.ts'
import { setAsideKey, setAsideRecord } from '../ports/records/set-aside.ts'
import type { Unit } from '../shard/index.ts'
import { setAsideMax } from './limits.ts'
import type { Messaging } from './messaging.ts'
import type { Recipient, Settled } from './recipient.ts'
import { StoredMessage } from './stored-message.ts'

export interface KeptFor {
  /** Devices that get a queue entry. */
  readonly waiting: readonly string[]
  /** Devices that have refused it for good already. */
  readonly refusedBy: readonly string[]
}

/** Writes a message and its entries; makes room in full queues. It is in memory after the unit. */
export function storeMessage(
  messaging: Messaging,
  unit: Unit,
  recipient: Recipient,
  record: MailboxMessage,
  devices: KeptFor,
): StoredMessage {
  const { aor } = recipient
  const { waiting, refusedBy } = devices
  const message = new StoredMessage(record, false)
  const state = record.inMailbox ? 'waiting' : 'taken-by-other'
  unit.write(aor, mailboxMessageKey(aor, record.sequence), mailboxMessageRecord.encode(record))
  for (const deviceKey of waiting) writeEntry(unit, recipient, message, deviceKey, state)
  if (record.inMailbox) for (const deviceKey of refusedBy) writeEntry(unit, recipient, message, deviceKey, 'refused')
  makeRoom(messaging, unit, recipient, waiting)
  unit.change(() => {
    recipient.mail.add(message, waiting)
    if (record.inMailbox) for (const deviceKey of refusedBy) message.refusedBy.add(deviceKey)
  })
  return message
}

/** A device took or refused a stored message: its entry goes, and with the last reference the message. */
export function settle(unit: Unit, recipient: Recipient, message: StoredMessage, settled: Settled): void {
  const { deviceKey, how } = settled
  if (how === 'refused' && message.inMailbox) markRefused(unit, recipient, message, settled)
  else removeEntries(unit, recipient, message, [deviceKey], message.inMailbox)
  unit.change(() => recipient.settled.push(settled))
}

/** It stays in the mailbox for other devices, and this one is not asked again, also after a restart. */
function markRefused(unit: Unit, recipient: Recipient, message: StoredMessage, settled: Settled): void {
  const { deviceKey, lasting } = settled
  if (lasting) writeEntry(unit, recipient, message, deviceKey, 'refused')
  unit.change(() => {
    recipient.mail.leaveQueue(message, deviceKey)
    message.refusedBy.add(deviceKey)
  })
}

/** Removes a message and all its entries. */
export function removeMessage(unit: Unit, recipient: Recipient, message: StoredMessage): void {
  const { aor, mail } = recipient
  for (const deviceKey of message.waiting) removeEntry(unit, recipient, message, deviceKey)
  for (const deviceKey of message.refusedBy) removeEntry(unit, recipient, message, deviceKey)
  unit.write(aor, mailboxMessageKey(aor, message.sequence), null)
  unit.change(() => mail.remove(message))
}

/** These devices are known no longer. What is in the mailbox stays there. */
export function removeEntriesOf(
  unit: Unit,
  recipient: Recipient,
  message: StoredMessage,
  deviceKeys: readonly string[],
): void {
  for (const deviceKey of deviceKeys) {
    if (message.refusedBy.has(deviceKey)) removeEntry(unit, recipient, message, deviceKey)
  }
  removeEntries(unit, recipient, message, deviceKeys, false)
}

/** Takes a message out of one device's way, for the administrator to look at. Other devices keep their entries. */
export function setMessageAside(
  messaging: Messaging,
  unit: Unit,
  recipient: Recipient,
  message: StoredMessage,
  deviceKey: string,
  reason: string,
): void {
  const { aor } = recipient
  const { sequence, sender, operationId, bytes } = message
  const expiresMs = unit.nowMs + messaging.settings.messageExpiryMs
  const key = setAsideKey(aor, deviceKey, sequence)
  const record = {
    deviceKey,
    messageSequence: sequence,
    sender,
    operationId,
    reason,
    atMs: unit.nowMs,
    expiresMs,
    bytes,
  }
  unit.write(aor, key, setAsideRecord.encode(record))
  removeEntries(unit, recipient, message, [deviceKey], message.inMailbox)
  const oldest = recipient.setAside.length >= setAsideMax ? recipient.setAside[0] : undefined
  if (oldest) unit.write(aor, oldest.key, null)
  unit.change(() => {
    if (oldest) recipient.setAside.shift()
    recipient.setAside.push({ key, expiresMs })
    messaging.metrics.setAside.inc()
    const fields = { recipient: aor, sender, device: deviceKey, operation: operationId, reason }
    messaging.host.log.write('error', 'message.set-aside', fields)
  })
}

function removeEntries(
  unit: Unit,
  recipient: Recipient,
  message: StoredMessage,
  deviceKeys: readonly string[],
  leavesMailbox: boolean,
): void {
  const { aor, mail } = recipient
  const others = [...message.waiting].filter((other) => !deviceKeys.includes(other))
  const isOver = others.length === 0 && (leavesMailbox || !message.inMailbox)
  for (const deviceKey of deviceKeys) {
    if (message.waiting.has(deviceKey)) removeEntry(unit, recipient, message, deviceKey)
  }
  if (leavesMailbox) for (const deviceKey of message.refusedBy) removeEntry(unit, recipient, message, deviceKey)
  if (isOver) unit.write(aor, mailboxMessageKey(aor, message.sequence), null)
  else if (leavesMailbox) for (const other of others) writeEntry(unit, recipient, message, other, 'taken-by-other')
  unit.change(() => {
    if (isOver) mail.remove(message)
    else {
      for (const deviceKey of deviceKeys) mail.leaveQueue(message, deviceKey)
      if (leavesMailbox) mail.leaveMailbox(message)
    }
  })
}

function writeEntry(
  unit: Unit,
  recipient: Recipient,
  message: StoredMessage,
  deviceKey: string,
  state: QueueEntryState,
): void {
  const entry = { deviceKey, messageSequence: message.sequence, state }
  unit.write(recipient.aor, queueEntryKey(recipient.aor, deviceKey, message.sequence), queueEntryRecord.encode(entry))
}

function removeEntry(unit: Unit, recipient: Recipient, message: StoredMessage, deviceKey: string): void {
  unit.write(recipient.aor, queueEntryKey(recipient.aor, deviceKey, message.sequence), null)
}

/**
 * Full queues lose their oldest entry that another device has taken; what nobody has stays, bounded by the mailbox.
 * Gathered by message: the last entry takes the message with it, also when two queues drop it at once.
 */
function makeRoom(messaging: Messaging, unit: Unit, recipient: Recipient, deviceKeys: readonly string[]): void {
  const dropped = new Map<StoredMessage, string[]>()
  for (const deviceKey of deviceKeys) {
    const queue = recipient.mail.queue(deviceKey)
    if (queue.length < messaging.settings.deviceQueueMax) continue
    const oldest = queue.find((message) => !message.inMailbox && !isOnItsWay(recipient, message, deviceKey))
    if (oldest) dropped.set(oldest, [...(dropped.get(oldest) ?? []), deviceKey])
  }
  for (const [message, from] of dropped) {
    removeEntries(unit, recipient, message, from, false)
    unit.change(() => messaging.metrics.droppedFromQueue.inc(from.length))
  }
}

function isOnItsWay(recipient: Recipient, message: StoredMessage, deviceKey: string): boolean {
  const flights = recipient.conversations.get(message.sender)?.flights ?? []
  return flights.some((flight) => flight.deviceKey === deviceKey && flight.sequence === message.sequence)
}
