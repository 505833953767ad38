/**
 * All planted faults of the scenario of presence, and nothing else.
 */
import type { Mutant } from '../../mutants/mutant.ts'
import { blockAfterAnswer } from './block-after-answer.ts'
import { containedListNotKept, lossNotMended, versionUsedAgain } from './changed-lists.ts'
import { conditionStays } from './condition-stays.ts'
import { listNotNamed } from './list-not-named.ts'
import { mailNotFlushed } from './mail-not-flushed.ts'
import { neverUnknown } from './never-unknown.ts'
import { noRepair } from './no-repair.ts'
import { notifyNotWaitedFor } from './notify-not-waited-for.ts'
import { oldSubscriptionStays } from './old-subscription-stays.ts'
import { publicationNotFlushed } from './publication-not-flushed.ts'
import { removedMemberStays } from './removed-member-stays.ts'
import { sequenceUsedAgain } from './sequence-used-again.ts'
import { staleStateLast } from './stale-state-last.ts'
import { presenceNonceNeverFresh, presenceUnitThrows } from './taken-over.ts'
import { mailToldOnce, registrationsToldOnce, watchersToldOnce } from './told-once.ts'
import { watchLostOnRestart } from './watch-lost-on-restart.ts'
import { watchesNotEnded } from './watches-not-ended.ts'

export const presenceMutants: readonly Mutant[] = [
  staleStateLast,
  blockAfterAnswer,
  watchLostOnRestart,
  noRepair,
  watchesNotEnded,
  oldSubscriptionStays,
  sequenceUsedAgain,
  notifyNotWaitedFor,
  publicationNotFlushed,
  listNotNamed,
  removedMemberStays,
  versionUsedAgain,
  lossNotMended,
  containedListNotKept,
  neverUnknown,
  conditionStays,
  registrationsToldOnce,
  watchersToldOnce,
  mailToldOnce,
  mailNotFlushed,
  presenceNonceNeverFresh,
  presenceUnitThrows,
]
