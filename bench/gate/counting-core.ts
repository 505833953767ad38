/**
 * Counts bodies of NOTIFYs as the server hands them to its edges: what many watchers are told alike is made once and
 * shared, so each body counts once however many messages carry it.
 */
import { type Mutant, noMutant } from '../../sim/mutants/mutant.ts'
import type { BusMessage } from '../../src/ports/bus.ts'
import { type CorePorts, type CoreSettings, WorkerCore } from '../../src/runtime/worker-core.ts'

export interface BodyCount {
  bodies: number
}

/** Something in front of the ports of a core. */
export type ChangePorts = (ports: CorePorts) => CorePorts

class CountingCore extends WorkerCore {
  readonly #count: BodyCount
  readonly #seen = new WeakSet<Uint8Array>()

  constructor(ports: CorePorts, settings: CoreSettings, count: BodyCount) {
    super(ports, settings)
    this.#count = count
  }

  override receive(message: BusMessage): void {
    if (message.kind === 'send') {
      for (const { content } of message.requests) {
        if (this.#seen.has(content)) continue
        this.#seen.add(content)
        this.#count.bodies++
      }
    }
    super.receive(message)
  }
}

/** What is wrong with a server on purpose. */
export interface Plant {
  readonly ports?: ChangePorts
  readonly core?: (core: WorkerCore) => void
}

/** The server, counted. */
export function counting(count: BodyCount, { ports: changed = (ports) => ports, core: plant }: Plant): Mutant {
  return {
    ...noMutant,
    makeCore(ports, settings) {
      const core = new CountingCore(changed(ports), settings, count)
      plant?.(core)
      return core
    },
  }
}
