/**
 * A run of a report in virtual time, with what it took as the reference core would have taken it: the conversion to the
 * profile is the report's, the same for every driver.
 */
import type { RunRecord, ServerRecord } from '../measure/run-record.ts'
import { factorsOf } from '../profiles/factors.ts'
import type { Profile } from '../profiles/profile.ts'
import { type Bound, bounds } from '../profiles/range-of-three.ts'
import { runVirtual, workloadChoice } from '../virtual/run-virtual.ts'
import type { Windows } from '../workload/plan.ts'
import { type Load, ratesOf } from './load.ts'

const referenceScores = { general: 1, kernel: 1, asym: 1, sym: 1 } as const

export async function runVirtualLoad(
  load: Load,
  windows: Windows,
  profile: Profile,
  bound: Bound,
  onProgress: (modelMs: number, endMs: number) => void,
): Promise<RunRecord> {
  const { workload, seed } = load
  const record = await runVirtual({
    ...workloadChoice(workload, seed),
    windows,
    plannedRates: ratesOf(workload),
    profile,
    bound,
    workers: null,
    withFaults: false,
    onProgress,
  })
  return onReferenceCore(record, profile, bound)
}

/** From time on the profile's CPUs at a bound back to time on the reference core. */
export function onReferenceCore(record: RunRecord, profile: Profile, bound: Bound): RunRecord {
  if (!record.server) return record
  const { factors } = factorsOf(profile, referenceScores)
  const index = bounds.indexOf(bound) as 0 | 1 | 2
  const { cpuUserUs, cpuSystemUs, threads } = record.server
  const user = cpuUserUs / factors.general[index]
  const system = cpuSystemUs / factors.kernel[index]
  const mix = user + system > 0 ? (cpuUserUs + cpuSystemUs) / (user + system) : 1
  const server: ServerRecord = {
    ...record.server,
    cpuUserUs: Math.round(user),
    cpuSystemUs: Math.round(system),
    threads: threads.map((thread) => ({
      ...thread,
      cpuUs: Math.round(thread.cpuUs / mix),
      busiestSecond: thread.busiestSecond / mix,
    })),
  }
  return { ...record, server }
}
