/**
 * A server that tells each watcher one time too many, planted in its notifier: what has changed is owed once more, in
 * full, as soon as the first NOTIFY was taken. Nobody sees anything wrong; only counters do.
 */
import { eventsOf } from '../../sim/presence/mutants/events-of.ts'
import type { WorkerCore } from '../../src/runtime/worker-core.ts'

export function plantExtraNotify(core: WorkerCore): void {
  const { notifier } = eventsOf(core)
  const together = notifier.changedTogether.bind(notifier)
  notifier.changedTogether = (subscriptions, causeMs) => {
    together(subscriptions, causeMs)
    for (const subscription of subscriptions) notifier.changed(subscription, 'full')
  }
}
