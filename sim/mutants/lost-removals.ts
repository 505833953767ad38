/**
 * Planted: a removal is not written, so that after a restart what was removed is there again. One mutant for bindings,
 * one for mail that a device has taken; and a third that forgets to write bindings at all.
 */
import { bindingRecord } from '../../src/ports/records/binding.ts'
import { keyParts } from '../../src/ports/records/keys.ts'
import { mailboxMessageRecord } from '../../src/ports/records/mailbox-message.ts'
import { queueEntryRecord } from '../../src/ports/records/queue-entry.ts'
import type { RecordWrite } from '../../src/ports/store.ts'
import { ChangedStore } from './changed-store.ts'
import { type Mutant, noMutant } from './mutant.ts'

function without(isLost: (write: RecordWrite) => boolean): Pick<Mutant, 'makeCore' | 'wrapStore'> {
  const write = (writes: readonly RecordWrite[]): readonly RecordWrite[] => writes.filter((each) => !isLost(each))
  return { ...noMutant, wrapStore: (store) => new ChangedStore(store, { write }) }
}

const mailKinds = [mailboxMessageRecord.name, queueEntryRecord.name]

export const removalNotWritten: Mutant = {
  ...without(({ key, value }) => value === null && keyParts(key).kind === bindingRecord.name),
  name: 'removal-not-written',
  caughtBy: 'resurrected',
}

export const mailRemovalNotWritten: Mutant = {
  ...without(({ key, value }) => value === null && mailKinds.includes(keyParts(key).kind)),
  name: 'mail-removal-not-written',
  caughtBy: 'doubled',
}

export const bindingNotWritten: Mutant = {
  ...without(({ key, value }) => value !== null && keyParts(key).kind === bindingRecord.name),
  name: 'binding-not-written',
  caughtBy: 'bindings',
}
