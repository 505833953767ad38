/**
 * Live runs of the simulator in tests: a server of its own on loopback, a few users of the drill, seconds instead of
 * minutes. Figures of time mean nothing here; counts and verdicts do.
 */

import { type DrillPlan, drillPlan } from '../../sim/live/drill-population.ts'
import { type Driven, type DriveOptions, drive, type GivenTarget } from '../../sim/live/drive.ts'
import type { Progress } from '../../sim/live/progress.ts'
import type { RunRecord } from '../../sim/measure/run-record.ts'
import type { Dialect } from '../../sim/users/context.ts'
import type { SimTransport } from '../../sim/users/fleet.ts'

export interface DrillRun {
  readonly plan?: Partial<DrillPlan>
  readonly transport?: SimTransport
  readonly watching?: Dialect['watching']
  readonly algorithm?: Dialect['algorithm']
  readonly target?: GivenTarget | null
  readonly threads?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  readonly configuration?: string
}

export function drillOptions(run: DrillRun): DriveOptions {
  const plan = { ...drillPlan, ...run.plan }
  const signInMs = (plan.users / plan.signInPerSecond) * 1000
  return {
    plan,
    // All of it, so that counts do not depend on how fast the machine is.
    windows: { warmUpMs: 0, measureMs: signInMs + plan.workMs },
    preset: 'drill',
    quick: true,
    modelVersion: 0,
    parameters: {},
    plannedRates: [],
    seed: 7,
    speed: 1,
    threads: run.threads ?? 1,
    resumption: 0.9,
    dialect: { watching: run.watching ?? 'list', publishes: true, algorithm: run.algorithm ?? null },
    transport: run.transport ?? 'tcp',
    domain: 'example.test',
    prefix: 'u',
    target: run.target ?? null,
    own: { workers: null, cpus: null, configuration: run.configuration ?? '' },
    version: 'test',
    say: () => {},
    onProgress: run.onProgress ?? (() => {}),
    signal: run.signal ?? new AbortController().signal,
  }
}

export function driveDrill(run: DrillRun): Promise<Driven> {
  return drive(drillOptions(run))
}

/** The record; fails the test where the run could not begin. */
export async function recordOf(run: DrillRun): Promise<RunRecord> {
  const driven = await driveDrill(run)
  if (!driven.ok) throw new Error(driven.message)
  return driven.record
}

export function countOf(record: RunRecord, operation: string): number {
  return record.operations.find(({ id }) => id === operation)?.count ?? 0
}

export const clean = {
  lost: 0,
  duplicates: 0,
  stale: 0,
  misordered: 0,
  unauthorised: 0,
  notConverged: 0,
  neverSent: 0,
  examples: [],
}
