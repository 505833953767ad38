/**
 * Planted: to a shard that begins anew the watches of lists are not named, only those of single subscriptions; what
 * changes there is lost on the lists.
 */
import type { BusMessage } from '../../../src/ports/bus.ts'
import { type CorePorts, type CoreSettings, WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'
import { listOf } from '../census.ts'
import { ChangedBus } from './changed-bus.ts'
import { eventsOf } from './events-of.ts'

class ListForgettingCore extends WorkerCore {
  readonly #naming: { listed: ReadonlySet<string> | null }

  constructor(ports: CorePorts, settings: CoreSettings) {
    const naming: { listed: ReadonlySet<string> | null } = { listed: null }
    const isLost = (message: BusMessage): boolean => {
      const { listed } = naming
      if (message.kind !== 'watches' || !listed) return false
      return message.entries.some(({ presentity }) => listed.has(`${message.watcher} ${presentity}`))
    }
    super({ ...ports, bus: new ChangedBus(ports.bus, isLost) }, settings)
    this.#naming = naming
  }

  override onShardRestarted(worker: number): void {
    this.#naming.listed = listedWatches(this)
    super.onShardRestarted(worker)
    this.#naming.listed = null
  }
}

/** `watcher presentity` of every watch of a list. */
export function listedWatches(core: WorkerCore): ReadonlySet<string> {
  return new Set(
    [...eventsOf(core).all()].flatMap((each) => {
      return [...(listOf(each)?.members?.presentities() ?? [])].map((presentity) => `${each.watcher} ${presentity}`)
    }),
  )
}

export const listNotNamed: Mutant = {
  ...noMutant,
  name: 'list-not-named',
  caughtBy: 'newest',
  makeCore: (ports, settings) => new ListForgettingCore(ports, settings),
}
