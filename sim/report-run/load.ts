/**
 * The load of a report at a number of users: the workload and how users reach the server. The search for the limit asks
 * for it at other numbers and seeds.
 */
import type { DriveOptions } from '../live/drive.ts'
import type { Windows } from '../workload/plan.ts'
import { rampMs } from '../workload/presets/steady.ts'
import type { Workload } from '../workload/workload.ts'

export type LiveLoad = Omit<DriveOptions, 'say' | 'onProgress' | 'signal'>

export interface Load {
  readonly workload: Workload
  readonly seed: number
  readonly windows: Windows
  /** Null: in virtual time. */
  readonly live: LiveLoad | null
}

/** Thrown by `LoadOf`, with the reason: the workload does not allow so many users. */
export class LoadRefused extends Error {}

/** Throws a LoadRefused. */
export type LoadOf = (users: number, seed: number) => Load

const secondMs = 1_000

/** Enough to see how a load splits into user and system time. */
export function probeWindows({ workload }: Load): Windows {
  return { warmUpMs: rampMs(workload.parameters) + 20 * secondMs, measureMs: 30 * secondMs }
}

/**
 * Of a load that is tried on the way to the limit: live 60 s after the last sign-in and 120 s long; virtual until
 * refreshes have spread, and 600 s long. A quick form keeps its own.
 */
export function searchWindows({ workload, windows, live }: Load, factor: 1 | 2): Windows {
  const { quick, parameters } = workload
  if (quick) return { ...windows, measureMs: windows.measureMs * factor }
  const waitMs = live ? 60 * secondMs : 1.2 * parameters.expiresSeconds * secondMs
  const measureMs = (live ? 120 : 600) * secondMs
  return { warmUpMs: Math.ceil(rampMs(parameters) + waitMs), measureMs: measureMs * factor }
}
