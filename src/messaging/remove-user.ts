/**
 * An account is removed: nothing of its mail stays, in memory or in the store, and who waits for an answer hears that
 * there is no such user.
 */
import { operationKey } from '../ports/records/operation.ts'
import type { Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { conclude } from './conclude.ts'
import { removeMessage } from './keep-mail.ts'
import type { Messaging } from './messaging.ts'

/** Part of the unit that removes the account, so that all goes or nothing. */
export function removeUserMail(messaging: Messaging, unit: Unit, aor: Aor): void {
  const recipient = messaging.recipients.get(aor)
  if (!recipient) return
  for (const { open } of recipient.conversations.values()) {
    for (const delivery of open) conclude(messaging, unit, delivery, { act: 'gone' }, null)
  }
  for (const message of recipient.mail.all()) removeMessage(unit, recipient, message)
  for (const { key } of recipient.setAside) unit.write(aor, key, null)
  for (const key of [...recipient.strayKeys, ...recipient.unreadableKeys]) unit.write(aor, key, null)
  for (const operationId of recipient.operations) unit.write(aor, operationKey(aor, operationId), null)
  unit.change(() => {
    for (const operationId of recipient.operations) {
      messaging.operations.abandon(operationId)
      messaging.durableOperations.delete(operationId)
    }
    recipient.operations.clear()
    recipient.setAside = []
    recipient.settled = []
    recipient.strayKeys = []
    recipient.unreadableKeys = []
  })
}
