/**
 * Planted faults in how a list is told.
 */

import type { PresenceService } from '../../../src/presence/index.ts'
import type { PresencePackage } from '../../../src/presence/presence-package.ts'
import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'
import { listOf } from '../census.ts'

/** Versions begin anew when a subscription is read from the store. */
export const versionUsedAgain = changing('version-used-again', 'versions', (eventPackage) => {
  const begin = eventPackage.begin.bind(eventPackage)
  eventPackage.begin = (unit, subscription) => {
    begin(unit, subscription)
    const list = listOf(subscription)
    if (list) list.nextVersion = 0
  }
})

/** Where a NOTIFY was lost the next tells only what has changed since. */
export const lossNotMended = changing('loss-not-mended', 'versions', (eventPackage) => {
  const document = eventPackage.document.bind(eventPackage)
  eventPackage.document = (subscription, want) => {
    const list = listOf(subscription)
    return document(subscription, list && !list.owesAll && [...list.changed()].length > 0 ? 'changes' : want)
  }
})

/** Who was on a list that came with a SUBSCRIBE is not kept for a restart. */
export const containedListNotKept = changing('contained-list-not-kept', 'newest', (eventPackage) => {
  eventPackage.keptBody = () => new Uint8Array(0)
})

function changing(name: string, caughtBy: string, change: (eventPackage: PresencePackage) => void): Mutant {
  return {
    ...noMutant,
    name,
    caughtBy,
    makeCore(ports, settings) {
      const core = new WorkerCore(ports, settings)
      const service = core.services.all.find((each) => each.name === 'presence') as PresenceService
      change(service.eventPackage)
      return core
    },
  }
}
