/**
 * A live run of the drill: a few users, seconds instead of minutes, all of it measured. For tests and self-tests:
 * figures of time mean nothing in it, counts and verdicts do.
 */
import type { Dialect } from '../users/context.ts'
import type { SimTransport } from '../users/fleet.ts'
import { type DrillPlan, drillPlan } from './drill-population.ts'
import type { DriveOptions, GivenTarget } from './drive.ts'
import type { Progress } from './progress.ts'

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
  readonly version?: string
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
    version: run.version ?? 'drill',
    say: () => {},
    onProgress: run.onProgress ?? (() => {}),
    signal: run.signal ?? new AbortController().signal,
  }
}
