/**
 * Planted: behind each new state the one before is delivered once more, as if it were newer still.
 */

import type { BusMessage } from '../../../src/ports/bus.ts'
import type { StateMessage } from '../../../src/ports/presence-bus.ts'
import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

class OverwritingCore extends WorkerCore {
  readonly #before = new Map<string, StateMessage>()

  override receive(message: BusMessage): void {
    super.receive(message)
    if (message.kind !== 'state') return
    const before = this.#before.get(message.presentity)
    this.#before.set(message.presentity, message)
    const { incarnation, number } = message.version
    // Older than what comes next, so that the server itself goes on as always.
    if (before) super.receive({ ...before, version: { incarnation, number: number + 0.5 } })
  }
}

export const staleStateLast: Mutant = {
  ...noMutant,
  name: 'stale-state-last',
  caughtBy: 'newest',
  makeCore: (ports, settings) => new OverwritingCore(ports, settings),
}
