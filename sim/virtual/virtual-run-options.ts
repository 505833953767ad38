/**
 * Everything that a run in virtual time is given. Model time is virtual time.
 */
import type { CoreSettings } from '../../src/runtime/worker-core.ts'
import type { CostModel } from '../cost/cost-model.ts'
import type { RunFacts } from '../measure/run-facts.ts'
import type { Mutant } from '../mutants/mutant.ts'
import type { Dialect } from '../users/context.ts'
import type { Naming, Population } from '../users/population.ts'
import type { TraceSink } from './quiet-history.ts'
import type { Strike } from './strikes.ts'
import type { MachineSpeed } from './virtual-machine.ts'

export interface SeenViolation {
  /** Virtual milliseconds. */
  readonly atMs: number
  /** It was seen only when all was laid together at the end. */
  readonly isAtEnd: boolean
  readonly words: string
}

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
  /** Faults that strike by themselves; empty: none. Times are model time. */
  readonly strikes: readonly Strike[]
  /** What is planted in the server. */
  readonly mutant: Mutant
  /** Told of whatever happens (`--explain`). */
  readonly onTrace?: TraceSink
  /** The first violation was seen. */
  readonly onViolation?: (seen: SeenViolation) => void
  readonly onProgress?: (modelMs: number, endMs: number) => void
}
