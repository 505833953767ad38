/**
 * All planted faults, and nothing else.
 */
import { acknowledgeBeforeFlush } from './acknowledge-before-flush.ts'
import { disabledMaySpeak } from './disabled-may-speak.ts'
import { flowIdReused } from './flow-id-reused.ts'
import { bindingNotWritten, mailRemovalNotWritten, removalNotWritten } from './lost-removals.ts'
import type { Mutant } from './mutant.ts'
import { nonceNeverFresh } from './nonce-never-fresh.ts'
import { operationWithoutAccount } from './operation-without-account.ts'
import { queueOvertakesItself } from './queue-overtakes-itself.ts'
import { unitThrows } from './unit-throws.ts'

export const allMutants: readonly Mutant[] = [
  acknowledgeBeforeFlush,
  flowIdReused,
  queueOvertakesItself,
  removalNotWritten,
  operationWithoutAccount,
  mailRemovalNotWritten,
  bindingNotWritten,
  disabledMaySpeak,
  unitThrows,
  nonceNeverFresh,
]
