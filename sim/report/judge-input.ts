/**
 * What a report is made of: the runs, the profile, the calibration of the machine they ran on, and whatever was found
 * about the limit.
 */
import type { Sensitivity } from '../limit/sensitivity.ts'
import type { RunRecord } from '../measure/run-record.ts'
import type { Calibration } from '../profiles/calibrate/calibration.ts'
import type { Fingerprint } from '../profiles/calibrate/fingerprint.ts'
import type { Profile } from '../profiles/profile.ts'
import type { Bound, ByBound } from '../profiles/range-of-three.ts'

/** Runs throttled to the low, middle and high conversion; or one alone, which speaks for all three. */
export type Runs =
  | { readonly only: RunRecord }
  | { readonly mid: RunRecord; readonly low?: RunRecord; readonly high?: RunRecord }

export interface JudgeInput {
  readonly runs: Runs
  readonly profile: Profile
  readonly calibration: Calibration | null
  /** Of the machine that the runs were made on. */
  readonly machine: Fingerprint
  readonly commit: string
  /** The only date inside. */
  readonly nowMs: number
  /** Largest number of users that met everything, at each conversion, where it was searched. */
  readonly limit?: ByBound
  /** How the limit moves when the users are other users, where that was asked for. */
  readonly sensitivity?: Sensitivity
  /** Readings of whoever ran it: steal, clock steps, descriptors, self-tests. */
  readonly validity?: RunRecord['validity']
  readonly warnings?: readonly string[]
}

/** The run that speaks for costs, memory and correctness: the one at the middle. */
export function mainRun(runs: Runs): RunRecord {
  return 'only' in runs ? runs.only : runs.mid
}

/** The run whose latencies count at a conversion; the next worse one where it was not made. */
export function runAt(runs: Runs, bound: Bound): RunRecord {
  if ('only' in runs) return runs.only
  return bound === 'low' ? (runs.low ?? runs.mid) : bound === 'high' ? (runs.high ?? runs.mid) : runs.mid
}

export function allRuns(runs: Runs): readonly RunRecord[] {
  return 'only' in runs ? [runs.only] : [runs.mid, runs.low, runs.high].filter((run) => run !== undefined)
}

/** Seconds of real time that the measured window took. */
export function windowSeconds({ windows, speed = 1 }: RunRecord): number {
  return windows.measureMs / 1_000 / speed
}

/** Devices that were signed in in the window: the most that were seen, else as the parameters say. */
export function signedInDevices(run: RunRecord): number {
  const seen = run.series.find(({ id }) => id === 'registered')?.values.filter((each) => each !== null) ?? []
  if (seen.length > 0) return Math.max(1, ...(seen as number[]))
  const { devices = 1, concurrency = 1 } = run.parameters
  return Math.max(1, run.users * Number(devices) * Number(concurrency))
}
