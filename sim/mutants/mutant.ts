/**
 * A planted fault: what a mutant may replace of the server, always through its ports and the objects that are handed
 * in, never inside of the core. The world asks it at each start of a server or worker.
 */
import type { Store } from '../../src/ports/store.ts'
import { type CorePorts, type CoreSettings, WorkerCore } from '../../src/runtime/worker-core.ts'

/** Runs something later in the worker's own name. */
export type RunLater = (work: () => void) => void

export interface Mutant {
  readonly name: string
  /** The checker that must catch it. */
  readonly caughtBy: string
  /** The first seed that shows it, where those before take long; 1 where nothing is said. */
  readonly firstSeed?: number
  makeCore(ports: CorePorts, settings: CoreSettings): WorkerCore
  wrapStore?(store: Store, runLater: RunLater): Store
  /** What the worker is told to be its incarnation. */
  incarnation?(trueIncarnation: number): number
  bootId?(): string
}

/** No planted fault: the server as it is. */
export const noMutant: Mutant = {
  name: 'none',
  caughtBy: '',
  makeCore: (ports, settings) => new WorkerCore(ports, settings),
}
