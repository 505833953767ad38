/**
 * Planted: a home that begins anew, or was out of reach, is not named the watches that other homes have there.
 */
import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

class ForgetfulCore extends WorkerCore {
  override onPeerJoined(place: number): void {
    this.edge.onShardRestarted(place)
  }
}

export const watchLostWithHome: Mutant = {
  ...noMutant,
  name: 'watch-lost-with-home',
  caughtBy: 'newest',
  makeCore: (ports, settings) => new ForgetfulCore(ports, settings),
}
