/**
 * From what was asked for (a workload, users, a profile, faults) to a run in virtual time.
 */
import { readCostModel } from '../cost/cost-model.ts'
import { allFaults } from '../faults/all-faults.ts'
import { makePopulation, type PopulationPlan } from '../live/populations.ts'
import type { RunRecord } from '../measure/run-record.ts'
import { factorsOf } from '../profiles/factors.ts'
import { flushTimes } from '../profiles/flush-model.ts'
import type { Profile } from '../profiles/profile.ts'
import type { Bound } from '../profiles/range-of-three.ts'
import { Naming } from '../users/population.ts'
import { modelVersion } from '../workload/parameters.ts'
import type { Workload } from '../workload/workload.ts'
import { domain } from '../world/core-settings.ts'
import type { MachineSpeed } from './virtual-machine.ts'
import { VirtualRun } from './virtual-run.ts'
import { virtualSettings } from './virtual-settings.ts'

export interface VirtualChoice {
  readonly plan: PopulationPlan
  readonly windows: { readonly warmUpMs: number; readonly measureMs: number }
  readonly preset: string
  readonly quick: boolean
  readonly parameters: RunRecord['parameters']
  readonly plannedRates: RunRecord['rates']
  readonly seed: number
  /** Null: a machine like the reference core, with two processors and a disk that flushes within a millisecond. */
  readonly profile: Profile | null
  /** Which end of the profile's uncertainty. */
  readonly bound: Bound
  readonly workers: number | null
  /** All kinds of fault strike until the window ends. */
  readonly withFaults: boolean
  readonly lists: boolean
  readonly print?: (line: string) => void
  readonly onViolation?: (nowMs: number) => void
  readonly onProgress?: (modelMs: number, endMs: number) => void
}

const referenceRttMs = 0.2
const referenceFlushMs = 0.5
const referenceProcessors = 2
/** The scores of the reference core itself: its cost model needs no conversion before the profile's factors. */
const referenceScores = { general: 1, kernel: 1, asym: 1, sym: 1 } as const

export function workloadChoice(
  workload: Workload,
  seed: number,
): Pick<VirtualChoice, 'plan' | 'windows' | 'preset' | 'quick' | 'parameters' | 'seed' | 'lists'> {
  const { parameters, plan, name, quick } = workload
  return {
    plan: { kind: 'model', workload, seed },
    windows: plan.windows,
    preset: name,
    quick,
    parameters,
    seed,
    lists: parameters.lists,
  }
}

export function runVirtual(choice: VirtualChoice): Promise<RunRecord> {
  const { plan, seed, profile, bound, workers, withFaults, lists, print, onProgress, onViolation, ...asked } = choice
  const speed = speedOf(profile, bound)
  const flush = profile === null ? () => referenceFlushMs : flushTimes(profile.disk.flush_ms, seed)
  const run = new VirtualRun({
    ...asked,
    population: makePopulation(plan),
    naming: new Naming(domain, 'u', seed),
    dialect: { watching: lists ? 'list' : 'single', publishes: true, algorithm: null },
    seed,
    workers: workers ?? profile?.software?.workers ?? Math.max(2, speed.processors),
    costs: readCostModel(),
    speed,
    rttMs: profile?.net.rtt_ms ?? referenceRttMs,
    flushMs: flush,
    settings: virtualSettings,
    faults: withFaults ? allFaults : [],
    modelVersion,
    ...(print && { print }),
    ...(onViolation && { onViolation }),
    ...(onProgress && { onProgress }),
  })
  return run.run()
}

function speedOf(profile: Profile | null, bound: Bound): MachineSpeed {
  if (profile === null) return { processors: referenceProcessors, userFactor: 1, systemFactor: 1 }
  const { factors } = factorsOf(profile, referenceScores)
  const index = { low: 0, mid: 1, high: 2 }[bound] as 0 | 1 | 2
  return {
    processors: profile.cpu.count,
    userFactor: factors.general[index],
    systemFactor: factors.kernel[index],
  }
}
