/**
 * Planted: after a start NOTIFYs go on from the CSeq number that was stored first, not from behind those reserved.
 */
import { keyParts } from '../../../src/ports/records/keys.ts'
import { subscriptionRecord } from '../../../src/ports/records/subscription.ts'
import { ChangedStore, type Record } from '../../mutants/changed-store.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

export const sequenceUsedAgain: Mutant = {
  ...noMutant,
  name: 'sequence-used-again',
  caughtBy: 'sequence',
  wrapStore: (store) => new ChangedStore(store, { read: (records) => records.map(withoutReserve) }),
}

function withoutReserve([key, value]: Record): Record {
  const decoded = keyParts(key).kind === subscriptionRecord.name ? subscriptionRecord.decode(value) : null
  return decoded?.ok ? [key, subscriptionRecord.encode({ ...decoded.value, sequenceCeiling: 0 })] : [key, value]
}
