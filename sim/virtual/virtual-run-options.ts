/**
 * Everything that a run in virtual time is given. Model time is virtual time.
 */
import type { CoreSettings } from '../../src/runtime/worker-core.ts'
import type { CostModel } from '../cost/cost-model.ts'
import type { Fault } from '../faults/fault.ts'
import type { RunFacts } from '../measure/run-facts.ts'
import type { Dialect } from '../users/context.ts'
import type { Naming, Population } from '../users/population.ts'
import type { MachineSpeed } from './virtual-machine.ts'

export interface VirtualRunOptions extends RunFacts {
  readonly population: Population
  readonly naming: Naming
  readonly dialect: Dialect
  readonly workers: number
  readonly costs: CostModel
  readonly speed: MachineSpeed
  readonly rttMs: number
  readonly flushMs: (random: () => number) => number
  readonly settings: (bootId: string) => CoreSettings
  /** What may go wrong until the window ends; empty: nothing. */
  readonly faults: readonly Fault[]
  /** Gets a line for whatever happens (`--explain`). */
  readonly print?: (line: string) => void
  /** The first violation was seen, at this virtual time; at the end what only comparing shows. */
  readonly onViolation?: (nowMs: number) => void
  readonly onProgress?: (modelMs: number, endMs: number) => void
}
