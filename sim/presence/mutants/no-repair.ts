/**
 * Planted: the two ends of watches never compare what they have, so that what the bus has lost stays lost.
 */
import type { BusMessage } from '../../../src/ports/bus.ts'
import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

class UncomparedCore extends WorkerCore {
  override receive(message: BusMessage): void {
    if (message.kind !== 'watch-check') super.receive(message)
  }
}

export const noRepair: Mutant = {
  ...noMutant,
  name: 'no-repair',
  caughtBy: 'leaked',
  firstSeed: 43,
  makeCore: (ports, settings) => new UncomparedCore(ports, settings),
}
