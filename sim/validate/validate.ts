/**
 * Five mixed workloads, each live against a server of its own and then in virtual time with the same seed, as if this
 * machine were the reference core (CAPACITY H.4).
 */
import { drive } from '../live/drive.ts'
import type { RunRecord } from '../measure/run-record.ts'
import { runVirtual, workloadChoice } from '../virtual/run-virtual.ts'
import { modelVersion } from '../workload/parameters.ts'
import { findPreset } from '../workload/presets/all-presets.ts'
import { makeWorkload, type Workload } from '../workload/workload.ts'
import { type ComparedReading, compareDrivers } from './compare-drivers.ts'

export interface ValidatedLoad {
  readonly name: string
  readonly live: RunRecord
  readonly virtual: RunRecord
  readonly readings: readonly ComparedReading[]
}

export interface ValidateOptions {
  readonly users: number
  readonly seed: number
  /** Names of the loads that are run. */
  readonly loads: readonly string[]
  /** Of the window, model time; null: the workload's. */
  readonly measureMs: number | null
  readonly version: string
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

interface MixedLoad {
  readonly preset: string
  readonly lists: boolean
  readonly contacts: number
}

/** They differ in what the most is of: fan-out, messages, sign-ins, changes. */
const mixed: Readonly<Record<string, MixedLoad>> = {
  'steady-hour': { preset: 'steady-hour', lists: true, contacts: 16 },
  'steady-hour-single': { preset: 'steady-hour', lists: false, contacts: 16 },
  morning: { preset: 'morning', lists: true, contacts: 16 },
  'im-burst': { preset: 'im-burst', lists: true, contacts: 16 },
  'presence-storm': { preset: 'presence-storm', lists: true, contacts: 24 },
}
export const mixedLoads: readonly string[] = Object.keys(mixed)

/** Throws where a live run cannot begin, with the cure. */
export async function* validate(options: ValidateOptions): AsyncGenerator<ValidatedLoad> {
  for (const name of options.loads) {
    const workload = workloadOf(mixed[name]!, options.users)
    const windows = { ...workload.plan.windows, measureMs: options.measureMs ?? workload.plan.windows.measureMs }
    options.say(`${name}: live, ${Math.round((windows.warmUpMs + windows.measureMs) / 1_000)} s`)
    const live = await runLive(workload, windows, options)
    options.say(`${name}: virtual`)
    const run = workloadChoice(workload, options.seed)
    const machine = { profile: null, bound: 'mid', workers: null, withFaults: false } as const
    const virtual = await runVirtual({ ...run, windows, ...machine })
    yield { name, live, virtual, readings: compareDrivers(live, virtual) }
    if (options.signal.aborted) return
  }
}

/** The live form for both: the same plan, so the same actions. */
function workloadOf({ preset: name, ...given }: MixedLoad, users: number): Workload {
  const preset = findPreset(name)
  if (!preset) throw new Error(`there is no preset ${name}`)
  const often = { conversationsPerHour: 12, presenceScale: 3 }
  return makeWorkload({ preset, driver: 'live', quick: true, era: '2003', parameters: { users, ...often, ...given } })
}

async function runLive(
  workload: Workload,
  windows: RunRecord['windows'],
  { seed, version, say, signal }: ValidateOptions,
): Promise<RunRecord> {
  const { lists, ...facts } = workloadChoice(workload, seed)
  const driven = await drive({
    ...facts,
    windows,
    modelVersion,
    speed: 1,
    threads: 1,
    resumption: 0,
    dialect: { watching: lists ? 'list' : 'single', publishes: true, algorithm: null },
    transport: 'tcp',
    domain: 'example.test',
    prefix: 'u',
    target: null,
    own: { workers: null, cpus: null, configuration: '' },
    version,
    say,
    onProgress: () => {},
    signal,
  })
  if (!driven.ok) throw new Error(driven.message)
  return driven.record
}
