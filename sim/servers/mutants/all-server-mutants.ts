/**
 * All planted faults of the scenario of several servers: its own, and those of the other scenarios for what it checks
 * besides.
 */
import { bindingNotWritten, mailRemovalNotWritten } from '../../mutants/lost-removals.ts'
import type { Mutant } from '../../mutants/mutant.ts'
import { nonceNeverFresh } from '../../mutants/nonce-never-fresh.ts'
import { unitThrows } from '../../mutants/unit-throws.ts'
import { blockAfterAnswer } from '../../presence/mutants/block-after-answer.ts'
import { containedListNotKept, lossNotMended, versionUsedAgain } from '../../presence/mutants/changed-lists.ts'
import { oldSubscriptionStays } from '../../presence/mutants/old-subscription-stays.ts'
import { publicationNotFlushed } from '../../presence/mutants/publication-not-flushed.ts'
import { removedMemberStays } from '../../presence/mutants/removed-member-stays.ts'
import { sequenceUsedAgain } from '../../presence/mutants/sequence-used-again.ts'
import { watchesNotEnded } from '../../presence/mutants/watches-not-ended.ts'
import { allHomesNeeded } from './all-homes-needed.ts'
import { deliveryOvertaken } from './delivery-overtaken.ts'
import { forgottenAtCut } from './forgotten-at-cut.ts'
import { listsNotNamedAcross } from './lists-not-named-across.ts'
import { notifyAcrossNotWaitedFor } from './notify-not-waited-for.ts'
import { staleAcrossHomes } from './stale-across-homes.ts'
import { watchLostWithHome } from './watch-lost-with-home.ts'
import { wrongFlow } from './wrong-flow.ts'

export const serverMutants: readonly Mutant[] = [
  forgottenAtCut,
  staleAcrossHomes,
  watchLostWithHome,
  listsNotNamedAcross,
  allHomesNeeded,
  deliveryOvertaken,
  wrongFlow,
  notifyAcrossNotWaitedFor,
  mailRemovalNotWritten,
  bindingNotWritten,
  nonceNeverFresh,
  unitThrows,
  blockAfterAnswer,
  oldSubscriptionStays,
  publicationNotFlushed,
  sequenceUsedAgain,
  watchesNotEnded,
  removedMemberStays,
  versionUsedAgain,
  lossNotMended,
  containedListNotKept,
]
