/**
 * Planted: the last state of somebody whose worker is gone stands for ever.
 */
import type { PresenceService } from '../../../src/presence/index.ts'
import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

export const neverUnknown: Mutant = {
  ...noMutant,
  name: 'never-unknown',
  caughtBy: 'unconfirmed',
  firstSeed: 47,
  makeCore(ports, settings) {
    const core = new WorkerCore(ports, settings)
    const service = core.services.all.find(({ name }) => name === 'presence') as PresenceService
    service.onWorkerGone = () => {}
    return core
  },
}
