/**
 * Planted: who has subscribed to a package is told once and never again.
 */
import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'
import type { WatchedPackage } from '../watch-target.ts'
import { eventsOf } from './events-of.ts'

export const registrationsToldOnce = toldOnce('registrations-told-once', 'reg')
export const mailToldOnce = toldOnce('mail-told-once', 'message-summary')
export const watchersToldOnce = toldOnce('watchers-told-once', 'presence.winfo')

function toldOnce(name: string, event: WatchedPackage): Mutant {
  return {
    ...noMutant,
    name,
    caughtBy: 'newest',
    makeCore(ports, settings) {
      const core = new WorkerCore(ports, settings)
      const { notifier } = eventsOf(core)
      const changed = notifier.changed.bind(notifier)
      notifier.changed = (subscription, ...of) => {
        const isTold = Number.isFinite(subscription.lastNotifyMs)
        if (subscription.eventPackage.name !== event || !isTold) changed(subscription, ...of)
      }
      return core
    },
  }
}
