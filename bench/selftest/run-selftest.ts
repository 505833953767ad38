/**
 * All planted faults, one after the other.
 */
import { bodyForEach } from './body-for-each.ts'
import { gateFaults } from './gate-faults.ts'
import { judgedFaults } from './judged-faults.ts'
import { liveFaults } from './live-faults.ts'
import type { Described, Outcome, PlantedFault } from './planted-fault.ts'
import { relayCost } from './relay-cost.ts'
import { signInLeak } from './sign-in-leak.ts'
import { simulatedFaults } from './simulated-faults.ts'
import { stallFaults } from './stalls.ts'

export const plantedFaults: readonly PlantedFault[] = [
  ...liveFaults,
  ...simulatedFaults,
  ...judgedFaults,
  ...gateFaults,
  ...stallFaults,
  relayCost,
  signInLeak,
  bodyForEach,
].sort((one, other) => one.number - other.number)

export interface SelftestOptions {
  /** Those that take minutes are left out. */
  readonly isQuick: boolean
  /** By their numbers; null: all. */
  readonly only: readonly number[] | null
  readonly onOutcome: (outcome: Outcome) => void
  readonly signal: AbortSignal
  /** Instead of all: tests. */
  readonly faults?: readonly PlantedFault[]
}

export async function runSelftest(options: SelftestOptions): Promise<readonly Outcome[]> {
  const { isQuick, only, onOutcome, signal, faults = plantedFaults } = options
  const isAsked = ({ number }: { readonly number: number }) => only === null || only.includes(number)
  const outcomes: Outcome[] = []
  for (const fault of faults.filter((each) => isAsked(each) && (each.isQuick || !isQuick))) {
    if (signal.aborted) break
    const outcome = await plant(fault)
    outcomes.push(outcome)
    onOutcome(outcome)
  }
  return outcomes
}

async function plant(fault: PlantedFault): Promise<Outcome> {
  const told = { ...described(fault), check: fault.check }
  try {
    const { seen, clean } = await fault.run()
    if (clean !== null) return { ...told, state: 'clean run is not clean', detail: clean }
    return seen === null
      ? { ...told, state: 'survived', detail: 'nothing spoke' }
      : { ...told, state: 'caught', detail: seen }
  } catch (error) {
    return { ...told, state: 'could not be run', detail: error instanceof Error ? error.message : String(error) }
  }
}

function described({ number, plantedIn, fault, seenAs }: PlantedFault): Described {
  return { number, plantedIn, fault, seenAs }
}

/** What could not be run was not seen to be caught. */
export function hasSurvivor(outcomes: readonly Outcome[]): boolean {
  return outcomes.some(({ state }) => state !== 'caught')
}
