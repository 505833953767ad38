/**
 * Planted: a watcher of registrations is told once and never again.
 */
import type { EventsService } from '../../../src/events/index.ts'
import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

export const registrationsToldOnce: Mutant = {
  ...noMutant,
  name: 'registrations-told-once',
  caughtBy: 'newest',
  makeCore(ports, settings) {
    const core = new WorkerCore(ports, settings)
    const { notifier } = core.services.all.find(({ name }) => name === 'events') as EventsService
    const changed = notifier.changed.bind(notifier)
    notifier.changed = (subscription, ...of) => {
      const isTold = Number.isFinite(subscription.lastNotifyMs)
      if (subscription.eventPackage.name !== 'reg' || !isTold) changed(subscription, ...of)
    }
    return core
  },
}
