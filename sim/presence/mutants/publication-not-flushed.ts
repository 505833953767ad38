/**
 * Planted: a new publication is acknowledged and never written, so that a crash takes it.
 */
import { keyParts } from '../../../src/ports/records/keys.ts'
import { publicationRecord } from '../../../src/ports/records/publication.ts'
import { ChangedStore } from '../../mutants/changed-store.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

export const publicationNotFlushed: Mutant = {
  ...noMutant,
  name: 'publication-not-flushed',
  caughtBy: 'published',
  wrapStore: (store) =>
    new ChangedStore(store, {
      write: (writes) => writes.filter(({ key }) => keyParts(key).kind !== publicationRecord.name),
    }),
}
