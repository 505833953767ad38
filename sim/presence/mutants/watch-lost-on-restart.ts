/**
 * Planted: a shard that begins anew is not named the watches that it had.
 */
import type { Bus, BusMessage } from '../../../src/ports/bus.ts'
import { type CorePorts, type CoreSettings, WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

class ForgetfulBus implements Bus {
  readonly #inner: Bus
  isNaming = false

  constructor(inner: Bus) {
    this.#inner = inner
  }

  get worker(): number {
    return this.#inner.worker
  }

  get incarnation(): number {
    return this.#inner.incarnation
  }

  get workersCount(): number {
    return this.#inner.workersCount
  }

  send(to: number, message: BusMessage): boolean {
    const isWatch = message.kind === 'watch' || message.kind === 'naming'
    return (this.isNaming && isWatch) || this.#inner.send(to, message)
  }
}

class ForgetfulCore extends WorkerCore {
  readonly #bus: ForgetfulBus

  constructor(ports: CorePorts, settings: CoreSettings) {
    const bus = new ForgetfulBus(ports.bus)
    super({ ...ports, bus }, settings)
    this.#bus = bus
  }

  override onShardRestarted(worker: number): void {
    this.#bus.isNaming = true
    super.onShardRestarted(worker)
    this.#bus.isNaming = false
  }
}

export const watchLostOnRestart: Mutant = {
  ...noMutant,
  name: 'watch-lost-on-restart',
  caughtBy: 'newest',
  makeCore: (ports, settings) => new ForgetfulCore(ports, settings),
}
