/**
 * All planted faults of the scenario of presence, and nothing else.
 */
import type { Mutant } from '../../mutants/mutant.ts'
import { staleStateLast } from './stale-state-last.ts'
import { presenceNonceNeverFresh, presenceUnitThrows } from './taken-over.ts'
import { watchLostOnRestart } from './watch-lost-on-restart.ts'

export const presenceMutants: readonly Mutant[] = [
  staleStateLast,
  watchLostOnRestart,
  presenceNonceNeverFresh,
  presenceUnitThrows,
]
