/**
 * Planted: a message for the mailbox is acknowledged and never written, so that a crash takes it.
 */
import { keyParts } from '../../../src/ports/records/keys.ts'
import { mailboxMessageRecord } from '../../../src/ports/records/mailbox-message.ts'
import { ChangedStore } from '../../mutants/changed-store.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

export const mailNotFlushed: Mutant = {
  ...noMutant,
  name: 'mail-not-flushed',
  caughtBy: 'mail',
  wrapStore: (store) =>
    new ChangedStore(store, {
      write: (writes) => writes.filter(({ key }) => keyParts(key).kind !== mailboxMessageRecord.name),
    }),
}
