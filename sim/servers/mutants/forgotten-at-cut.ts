/**
 * Planted: what another home was asked to deliver when its link was cut is taken for done, whether or not it had come
 * there.
 */
import type { Bus, BusMessage } from '../../../src/ports/bus.ts'
import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

class HopefulBus implements Bus {
  readonly #inner: Bus

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
    const isUnreached = message.kind === 'answer' && message.status === 503 && message.to.half === 'edge'
    return this.#inner.send(to, isUnreached ? { ...message, status: 202, reason: 'Accepted', headers: [] } : message)
  }
}

export const forgottenAtCut: Mutant = {
  ...noMutant,
  name: 'forgotten-at-cut',
  caughtBy: 'lost',
  makeCore: (ports, settings) => new WorkerCore({ ...ports, bus: new HopefulBus(ports.bus) }, settings),
}
