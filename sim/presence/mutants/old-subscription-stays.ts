/**
 * Planted: a device that subscribes anew does not replace its old subscription.
 */
import type { PresenceService } from '../../../src/presence/index.ts'
import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

export const oldSubscriptionStays: Mutant = {
  ...noMutant,
  name: 'old-subscription-stays',
  caughtBy: 'doubled',
  makeCore(ports, settings) {
    const core = new WorkerCore(ports, settings)
    const service = core.services.all.find(({ name }) => name === 'presence') as PresenceService
    service.eventPackage.replaces = () => false
    return core
  },
}
