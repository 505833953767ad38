/**
 * Planted: two messages of one sender change places in the queue when it is read again after a start.
 */
import { keyParts } from '../../src/ports/records/keys.ts'
import { type MailboxMessage, mailboxMessageRecord } from '../../src/ports/records/mailbox-message.ts'
import { ChangedStore, type Record } from './changed-store.ts'
import { type Mutant, noMutant } from './mutant.ts'

interface Found {
  readonly index: number
  readonly key: string
  readonly message: MailboxMessage
}

export const queueOvertakesItself: Mutant = {
  ...noMutant,
  name: 'queue-overtakes-itself',
  caughtBy: 'order',
  wrapStore: (store) => new ChangedStore(store, { read: swapNeighbours }),
}

function swapNeighbours(records: readonly Record[]): readonly Record[] {
  const changed = [...records]
  let before: Found | null = null
  for (const [index, [key, value]] of records.entries()) {
    const { aor, kind } = keyParts(key)
    const decoded = kind === mailboxMessageRecord.name ? mailboxMessageRecord.decode(value) : null
    if (!decoded?.ok) continue
    const found: Found = { index, key, message: decoded.value }
    if (before && keyParts(before.key).aor === aor && before.message.sender === found.message.sender) {
      changed[before.index] = [before.key, contentOf(found, before)]
      changed[index] = [key, contentOf(before, found)]
      before = null
    } else before = found
  }
  return changed
}

/** The message of one at the place of the other. */
function contentOf(message: Found, place: Found): Uint8Array {
  return mailboxMessageRecord.encode({ ...message.message, sequence: place.message.sequence })
}
