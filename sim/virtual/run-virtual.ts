/**
 * From what was asked for (a workload, users, a profile, faults) to a run in virtual time.
 */
import { readCostModel } from '../cost/cost-model.ts'
import { coveringPlan, makePopulation, type PopulationPlan } from '../live/populations.ts'
import type { RunFacts } from '../measure/run-facts.ts'
import type { RunRecord } from '../measure/run-record.ts'
import { type Mutant, noMutant } from '../mutants/mutant.ts'
import { referenceFactors } from '../profiles/factors.ts'
import { flushTimes } from '../profiles/flush-model.ts'
import type { Profile } from '../profiles/profile.ts'
import type { Bound } from '../profiles/range-of-three.ts'
import { Naming } from '../users/population.ts'
import { modelVersion } from '../workload/parameters.ts'
import { plannedRates } from '../workload/planned-rates.ts'
import type { Workload } from '../workload/workload.ts'
import { domain } from '../world/core-settings.ts'
import type { TraceSink } from './quiet-history.ts'
import { planStrikes } from './strikes.ts'
import type { MachineSpeed } from './virtual-machine.ts'
import { VirtualRun } from './virtual-run.ts'
import type { SeenViolation, VirtualRunOptions } from './virtual-run-options.ts'
import { virtualSettings } from './virtual-settings.ts'

export interface VirtualChoice extends Omit<RunFacts, 'modelVersion'> {
  readonly plan: PopulationPlan
  /** Null: a machine like the reference core, with two processors and a disk that flushes within a millisecond. */
  readonly profile: Profile | null
  /** Which end of the profile's uncertainty. */
  readonly bound: Bound
  readonly workers: number | null
  /** All kinds of fault strike until the window ends. */
  readonly withFaults: boolean
  readonly lists: boolean
  readonly mutant?: Mutant
  /** Instead of the product's. */
  readonly settings?: VirtualRunOptions['settings']
  readonly onTrace?: TraceSink
  readonly onViolation?: (seen: SeenViolation) => void
  readonly onProgress?: VirtualRunOptions['onProgress']
}

const referenceRttMs = 0.2
const referenceFlushMs = 0.5
const referenceProcessors = 2

export function workloadChoice(
  workload: Workload,
  seed: number,
): Pick<VirtualChoice, 'plan' | 'lists' | keyof Omit<RunFacts, 'modelVersion'>> {
  const { parameters, plan, name, quick } = workload
  return {
    plan: { kind: 'model', workload, seed },
    windows: plan.windows,
    preset: name,
    quick,
    parameters,
    seed,
    plannedRates: plannedRates(workload, false),
    lists: parameters.lists,
  }
}

/** What is done, by whom, and what strikes meanwhile: made from a choice, or read from a case that was kept. */
export type Happenings = Pick<VirtualRunOptions, 'population' | 'strikes' | 'mutant' | 'planted'>

export function happeningsOf({ plan, seed, windows, withFaults, mutant = noMutant }: VirtualChoice): Happenings {
  const strikes = withFaults ? planStrikes(seed, windows.warmUpMs + windows.measureMs) : []
  return { population: makePopulation(coveringPlan(plan, windows)), strikes, mutant }
}

export function runVirtual(choice: VirtualChoice, happenings = happeningsOf(choice)): Promise<RunRecord> {
  const {
    plan,
    seed,
    profile,
    bound,
    workers,
    withFaults,
    lists,
    settings,
    onTrace,
    onProgress,
    onViolation,
    ...asked
  } = choice
  const speed = speedOf(profile, bound)
  const flush = profile === null ? () => referenceFlushMs : flushTimes(profile.disk.flush_ms, seed)
  const run = new VirtualRun({
    ...asked,
    ...happenings,
    ...(plan.kind === 'model' && { workload: plan.workload }),
    naming: new Naming(domain, 'u', seed),
    dialect: { watching: lists ? 'list' : 'single', publishes: true, algorithm: null },
    seed,
    workers: workers ?? profile?.software?.workers ?? Math.max(2, speed.processors),
    costs: readCostModel(),
    speed,
    rttMs: profile?.net.rtt_ms ?? referenceRttMs,
    flushMs: flush,
    settings: settings ?? virtualSettings,
    modelVersion,
    ...(onTrace && { onTrace }),
    ...(onViolation && { onViolation }),
    ...(onProgress && { onProgress }),
  })
  return run.run()
}

function speedOf(profile: Profile | null, bound: Bound): MachineSpeed {
  if (profile === null) return { processors: referenceProcessors, userFactor: 1, systemFactor: 1 }
  const { general, kernel } = referenceFactors(profile, bound)
  return {
    processors: profile.cpu.count,
    userFactor: general,
    systemFactor: kernel,
  }
}
