/**
 * Planted: to a home that begins anew, or was out of reach, the watches of lists are not named, only those of single
 * subscriptions; what changes there is lost on the lists of this home's users.
 */
import type { BusMessage } from '../../../src/ports/bus.ts'
import type { WorkerCore } from '../../../src/runtime/worker-core.ts'
import type { Routes } from '../../../src/topology/index.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'
import { listedWatches } from '../../presence/mutants/list-not-named.ts'
import { coreWithRoutes } from './changed-routes.ts'

function forgetful(routes: Routes, core: WorkerCore): void {
  let listed: ReadonlySet<string> | null = null
  const send = routes.send.bind(routes)
  const restarted = core.onShardRestarted.bind(core)
  routes.send = (place: number, message: BusMessage) => {
    const isNaming = message.kind === 'watches' && listed !== null
    if (!isNaming) return send(place, message)
    const { watcher, entries } = message
    const single = entries.filter(({ presentity }) => !listed?.has(`${watcher} ${presentity}`))
    return single.length === 0 || send(place, { ...message, entries: single })
  }
  core.onShardRestarted = (place) => {
    listed = listedWatches(core)
    restarted(place)
    listed = null
  }
}

export const listsNotNamedAcross: Mutant = {
  ...noMutant,
  name: 'lists-not-named-across',
  caughtBy: 'newest',
  makeCore: (ports, settings) => coreWithRoutes(ports, settings, { routes: forgetful }),
}
