/**
 * Planted: a shard that begins anew is not named the watches that it had.
 */
import { type CorePorts, type CoreSettings, WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'
import { ChangedBus } from './changed-bus.ts'

class ForgetfulCore extends WorkerCore {
  readonly #naming: { isLost: boolean }

  constructor(ports: CorePorts, settings: CoreSettings) {
    const naming = { isLost: false }
    const bus = new ChangedBus(ports.bus, ({ kind }) => naming.isLost && (kind === 'watches' || kind === 'naming'))
    super({ ...ports, bus }, settings)
    this.#naming = naming
  }

  override onShardRestarted(worker: number): void {
    this.#naming.isLost = true
    super.onShardRestarted(worker)
    this.#naming.isLost = false
  }
}

export const watchLostOnRestart: Mutant = {
  ...noMutant,
  name: 'watch-lost-on-restart',
  caughtBy: 'newest',
  makeCore: (ports, settings) => new ForgetfulCore(ports, settings),
}
