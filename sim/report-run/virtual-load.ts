/**
 * A run of a report in virtual time, with what it took as the reference core would have taken it: the conversion to the
 * profile is the report's, the same for every driver.
 */
import type { RunRecord, ServerRecord } from '../measure/run-record.ts'
import { referenceFactors } from '../profiles/factors.ts'
import type { Profile } from '../profiles/profile.ts'
import type { Bound } from '../profiles/range-of-three.ts'
import { runVirtual, workloadChoice } from '../virtual/run-virtual.ts'
import type { Windows } from '../workload/plan.ts'
import type { Load } from './load.ts'

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
  const { general, kernel } = referenceFactors(profile, bound)
  const { cpuUserUs, cpuSystemUs, threads, idle } = record.server
  const user = cpuUserUs / general
  const system = cpuSystemUs / kernel
  const mix = user + system > 0 ? (cpuUserUs + cpuSystemUs) / (user + system) : 1
  const server: ServerRecord = {
    ...record.server,
    cpuUserUs: Math.round(user),
    cpuSystemUs: Math.round(system),
    ...(idle && {
      idle: { ...idle, cpuUserUs: idle.cpuUserUs / general, cpuSystemUs: idle.cpuSystemUs / kernel },
    }),
    threads: threads.map((thread) => ({
      ...thread,
      cpuUs: Math.round(thread.cpuUs / mix),
      busiestSecond: thread.busiestSecond / mix,
    })),
  }
  return { ...record, server }
}
