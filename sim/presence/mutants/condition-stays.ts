/**
 * Planted: a state that a watcher has named once is taken for the newest one for ever (RFC 5839 §6.3).
 */
import type { PresenceService } from '../../../src/presence/index.ts'
import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

export const conditionStays: Mutant = {
  ...noMutant,
  name: 'condition-stays',
  caughtBy: 'newest',
  makeCore(ports, settings) {
    const core = new WorkerCore(ports, settings)
    const service = core.services.all.find(({ name }) => name === 'presence') as PresenceService
    const { eventPackage } = service
    const entityTag = eventPackage.entityTag.bind(eventPackage)
    eventPackage.entityTag = (subscription) =>
      (subscription as { suppressIfMatch?: string | null }).suppressIfMatch ?? entityTag(subscription)
    return core
  },
}
