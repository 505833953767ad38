/**
 * Everything that a run in virtual time is given. Model time is virtual time.
 */
import type { CoreSettings } from '../../src/runtime/worker-core.ts'
import type { CostModel } from '../cost/cost-model.ts'
import type { RunFacts } from '../measure/run-facts.ts'
import type { Mutant } from '../mutants/mutant.ts'
import type { Dialect } from '../users/context.ts'
import type { FleetOptions } from '../users/fleet.ts'
import type { Naming, Population } from '../users/population.ts'
import type { Workload } from '../workload/workload.ts'
import type { EventQueue } from '../world/event-queue.ts'
import type { Machine } from '../world/wire.ts'
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

/** Faults of machine and generator, each something in front of the right one: for showing that they are seen. */
export interface PlantedInstruments {
  machine?(machine: Machine, events: EventQueue): Machine
  recorder?(recorder: FleetOptions['recorder']): FleetOptions['recorder']
}

export interface VirtualRunOptions extends RunFacts {
  /** Of a run of the model of users. */
  readonly workload?: Workload
  readonly population: Population
  readonly naming: Naming
  readonly dialect: Dialect
  readonly workers: number
  readonly costs: CostModel
  readonly speed: MachineSpeed
  readonly rttMs: number
  readonly flushMs: (random: () => number) => number
  readonly settings: (bootId: string, asksDirectory: boolean) => CoreSettings
  /** Faults that strike by themselves; empty: none. Times are model time. */
  readonly strikes: readonly Strike[]
  /** What is planted in the server. */
  readonly mutant: Mutant
  readonly planted?: PlantedInstruments
  /** Told of whatever happens (`--explain`). */
  readonly onTrace?: TraceSink
  /** The first violation was seen. */
  readonly onViolation?: (seen: SeenViolation) => void
  /** Each second of model time; the run goes on when what it returns has resolved. */
  readonly onProgress?: (modelMs: number, endMs: number) => void | Promise<void>
}
