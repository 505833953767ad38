/**
 * Planted: a worker that comes back gives its flows the names that the flows of its predecessor had, and the others do
 * not hear of the death between. A binding that names a dead flow then leads to whoever has connected since.
 */
import { WorkerCore } from '../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from './mutant.ts'

/** Word of a death makes flows unreachable at once; a name that is never used again must do without. */
class DeafCore extends WorkerCore {
  override onWorkerGone(): void {
    // Nothing is heard.
  }
}

export const flowIdReused: Mutant = {
  ...noMutant,
  name: 'flow-id-reused',
  caughtBy: 'misdelivered',
  incarnation: () => 1,
  bootId: () => '0123456789abcdef',
  makeCore: (ports, settings) => new DeafCore(ports, settings),
}
