/**
 * The bus of a worker with something in front of it: the seam of the mutants that lose or hear messages.
 */
import type { Bus, BusMessage } from '../../../src/ports/bus.ts'

export class ChangedBus implements Bus {
  readonly #inner: Bus
  /** True: the message is lost. */
  readonly #isLost: (message: BusMessage) => boolean

  constructor(inner: Bus, isLost: (message: BusMessage) => boolean) {
    this.#inner = inner
    this.#isLost = isLost
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
    return this.#isLost(message) || this.#inner.send(to, message)
  }
}
