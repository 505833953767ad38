/**
 * What time takes away: expired messages, operations after 64·T1, what was set aside long ago, users with nothing
 * left in memory. Every few seconds, over the users that have anything.
 */
import { operationKey } from '../ports/records/operation.ts'
import type { Unit } from '../shard/index.ts'
import { removeMessage } from './keep-mail.ts'
import { takenRememberedMs } from './limits.ts'
import type { Messaging } from './messaging.ts'
import type { Recipient } from './recipient.ts'

export function sweep(messaging: Messaging): void {
  const nowMs = messaging.host.clock.wallMs()
  messaging.copied.sweep(nowMs)
  sweepOperations(messaging, nowMs)
  for (const recipient of messaging.recipients.values()) if (!recipient.parked) sweepRecipient(messaging, recipient)
}

function sweepOperations(messaging: Messaging, nowMs: number): void {
  for (const operationId of messaging.operations.sweep(nowMs)) {
    const recipient = messaging.durableOperations.get(operationId)
    if (!recipient) continue
    messaging.durableOperations.delete(operationId)
    recipient.operations.delete(operationId)
    messaging.run('operation-over', recipient, (unit) =>
      unit.write(recipient.aor, operationKey(recipient.aor, operationId), null),
    )
  }
}

function sweepRecipient(messaging: Messaging, recipient: Recipient): void {
  const nowMs = messaging.host.clock.wallMs()
  const monotonicMs = messaging.host.clock.monotonicMs()
  if (recipient.mail.expired(nowMs).length > 0 || (recipient.setAside[0]?.expiresMs ?? nowMs + 1) <= nowMs) {
    messaging.run('expiry', recipient, (unit) => removeExpired(messaging, unit, recipient))
  }
  if (recipient.settled.length > 0) {
    recipient.settled = recipient.settled.filter(({ atMs }) => atMs + takenRememberedMs > nowMs)
  }
  for (const [sender, conversation] of recipient.conversations) {
    if (conversation.isIdle(monotonicMs)) recipient.conversations.delete(sender)
  }
  if (recipient.isIdle(nowMs)) messaging.recipients.delete(recipient.aor)
}

function removeExpired(messaging: Messaging, unit: Unit, recipient: Recipient): void {
  for (const message of recipient.mail.expired(unit.nowMs)) {
    removeMessage(unit, recipient, message)
    unit.change(() => {
      messaging.metrics.expired.inc()
      const { sender, operationId } = message
      messaging.host.log.write('info', 'message.expired', { recipient: recipient.aor, sender, operation: operationId })
    })
  }
  const over = recipient.setAside.filter(({ expiresMs }) => expiresMs <= unit.nowMs)
  for (const { key } of over) unit.write(recipient.aor, key, null)
  unit.change(() => {
    recipient.setAside = recipient.setAside.filter((each) => !over.includes(each))
  })
}
