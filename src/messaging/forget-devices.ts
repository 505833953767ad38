/**
 * The registrar forgets devices of a user: what was kept for them goes in the same unit, or nobody would ever ask for
 * it. What no device has taken is in the mailbox besides, within its quota, and stays there; the rest was taken by
 * another device, or is a copy of what its user has sent, and is counted as dropped.
 */
import type { Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { removeEntriesOf } from './keep-mail.ts'
import type { Messaging } from './messaging.ts'
import type { Recipient } from './recipient.ts'
import type { StoredMessage } from './stored-message.ts'

export function forgetDevices(messaging: Messaging, unit: Unit, aor: Aor, deviceKeys: readonly string[]): void {
  const recipient = messaging.recipients.get(aor)
  if (!recipient) return
  for (const [message, keys] of keptFor(recipient, deviceKeys)) {
    const waiting = keys.filter((deviceKey) => message.waiting.has(deviceKey))
    removeEntriesOf(unit, recipient, message, keys)
    if (!message.inMailbox) unit.change(() => messaging.metrics.droppedFromQueue.inc(waiting.length))
  }
  unit.change(() => {
    for (const message of recipient.mail.all()) for (const deviceKey of deviceKeys) message.forget(deviceKey)
    for (const conversation of recipient.conversations.values()) {
      for (const deviceKey of deviceKeys) conversation.resume(deviceKey)
    }
  })
}

/** By message: the last entry takes the message with it, also when two devices with one go at once. */
function keptFor(recipient: Recipient, deviceKeys: readonly string[]): ReadonlyMap<StoredMessage, readonly string[]> {
  const kept = new Map<StoredMessage, readonly string[]>()
  for (const message of recipient.mail.all()) {
    const keys = deviceKeys.filter((deviceKey) => message.waiting.has(deviceKey) || message.refusedBy.has(deviceKey))
    if (keys.length > 0) kept.set(message, keys)
  }
  return kept
}
