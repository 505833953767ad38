/**
 * Planted: a presentity's shard does not hear that a watch has ended, and compares nothing.
 */
import type { BusMessage } from '../../../src/ports/bus.ts'
import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

class KeepingCore extends WorkerCore {
  override receive(message: BusMessage): void {
    if (message.kind === 'watch-check' || (message.kind === 'watches' && !message.isWanted)) return
    super.receive(message)
  }
}

export const watchesNotEnded: Mutant = {
  ...noMutant,
  name: 'watches-not-ended',
  caughtBy: 'leaked',
  makeCore: (ports, settings) => new KeepingCore(ports, settings),
}
