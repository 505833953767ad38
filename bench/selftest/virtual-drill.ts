/**
 * A small, even population in virtual time, for faults that need the whole driver and no real machine.
 */
import { type DrillPlan, DrillPopulation, drillPlan } from '../../sim/live/drill-population.ts'
import type { RunRecord } from '../../sim/measure/run-record.ts'
import { noMutant } from '../../sim/mutants/mutant.ts'
import { type Happenings, runVirtual, type VirtualChoice } from '../../sim/virtual/run-virtual.ts'

export interface VirtualDrill {
  readonly plan: Partial<DrillPlan>
  readonly measureMs: number
  readonly workers?: number
  readonly happenings?: Partial<Happenings>
  readonly onProgress?: VirtualChoice['onProgress']
}

const warmUpMs = 4_000

export function virtualDrill({ plan: given, measureMs, workers = 1, happenings, onProgress }: VirtualDrill) {
  const plan = { ...drillPlan, ...given }
  const choice: VirtualChoice = {
    plan,
    windows: { warmUpMs, measureMs },
    ...{ preset: 'drill', quick: true, parameters: {}, plannedRates: [], seed: 7, lists: plan.lists },
    ...{ profile: null, bound: 'mid', workers, withFaults: false },
    ...(onProgress && { onProgress }),
  }
  const usual = { population: new DrillPopulation(plan), strikes: [], mutant: noMutant }
  return runVirtual(choice, { ...usual, ...happenings }) satisfies Promise<RunRecord>
}
