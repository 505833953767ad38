/** The options of a run of `meridian sim` in virtual time, and what they come to. */
import { loadProfile } from '../../../sim/profiles/load-profile.ts'
import type { Profile } from '../../../sim/profiles/profile.ts'
import { type Bound, bounds } from '../../../sim/profiles/range-of-three.ts'
import { type VirtualChoice, workloadChoice } from '../../../sim/virtual/run-virtual.ts'
import type { Workload } from '../../../sim/workload/workload.ts'
import { formatConfigError } from '../../config/index.ts'
import type { CommandIo, OptionDescription, Outcome } from '../command.ts'
import { misconfigured, misused } from '../command.ts'
import { wholeNumber } from '../whole-number.ts'
import { chooseWindows } from './live-options.ts'

export const virtualOptions: readonly OptionDescription[] = [
  { flags: '--virtual', text: 'the whole system in virtual time, in this process: no sockets, times are projected' },
  {
    flags: '--profile <name>',
    text: 'virtual: hardware, by name or file',
    default: 'the core of the cost model, twice',
  },
  { flags: '--bound <which>', text: 'virtual: end of the profile’s uncertainty', choices: bounds, default: 'mid' },
  { flags: '--faults', text: 'virtual: workers, server, disk, network and clock fail until the window ends' },
  { flags: '--seeds <count>', text: 'virtual: so many seeds, from --seed on', default: '1' },
  { flags: '--jobs <count>', text: 'virtual: seeds that run at once, each on a thread', default: '1' },
  { flags: '--explain', text: 'virtual: what happened around the first violation' },
  { flags: '--shrink <file>', text: 'virtual: write the failing --seed there as a case as small as can be, as JSON' },
]

type Options = Readonly<Record<string, unknown>>

/** Those of live runs that mean nothing here. */
const liveOnly: Readonly<Record<string, string>> = {
  target: '--target',
  transport: '--transport',
  replay: '--replay',
  dryRun: '--dry-run',
  speed: '--speed',
  threads: '--threads',
  accounts: '--accounts',
  accountsCsv: '--accounts-csv',
  ca: '--ca',
  serverName: '--server-name',
  ownLists: '--own-lists',
  auth: '--auth',
  serverPid: '--server-pid',
  metrics: '--metrics',
  serverCpus: '--server-cpus',
  iOwnThisTarget: '--i-own-this-target',
  domain: '--domain',
  prefix: '--prefix',
}
const virtualOnly = ['profile', 'bound', 'faults', 'seeds', 'jobs', 'explain', 'shrink']

export type ChosenVirtual =
  | {
      readonly ok: true
      readonly choice: VirtualChoice
      readonly seeds: number
      /** Seeds that run at once. */
      readonly jobs: number
      readonly isExplained: boolean
    }
  | { readonly ok: false; readonly outcome: Outcome }

/** Why a live run cannot have what was asked for; null: it can. */
export function refuseVirtualOnly(options: Options): string | null {
  const given = virtualOnly.find((name) => options[name] !== undefined)
  return given === undefined ? null : `--${given} belongs to --virtual`
}

export function chooseVirtual(options: Options, { cwd }: Pick<CommandIo, 'cwd'>, workload: Workload): ChosenVirtual {
  const stray = Object.keys(liveOnly).find((name) => options[name] !== undefined)
  if (stray !== undefined) return no(`${liveOnly[stray]} belongs to live runs: leave --virtual out`)
  if (options.publish === false) return no('--no-publish belongs to live runs: leave --virtual out')
  const seed = wholeNumber(options.seed ?? '1', 0, 2 ** 31 - 1)
  if (seed === null) return no('--seed: expected a whole number from 0')
  const seeds = wholeNumber(options.seeds ?? '1', 1, 1_000_000)
  if (seeds === null) return no('--seeds: expected a whole number from 1')
  const jobs = wholeNumber(options.jobs ?? '1', 1, 256)
  if (jobs === null) return no('--jobs: expected a whole number from 1')
  const workers = options.serverWorkers === undefined ? null : wholeNumber(options.serverWorkers, 1, 64)
  if (options.serverWorkers !== undefined && workers === null) {
    return no('--server-workers: expected a whole number from 1 to 64')
  }
  const windows = chooseWindows(options, workload)
  if (typeof windows === 'string') return no(windows)
  let profile: Profile | null = null
  if (options.profile !== undefined) {
    const loaded = loadProfile(String(options.profile), cwd)
    if (!loaded.ok)
      return { ok: false, outcome: misconfigured(loaded.errors.map(formatConfigError).join('\nmeridian: ')) }
    profile = loaded.profile
  }
  const choice: VirtualChoice = {
    ...workloadChoice(workload, seed),
    windows,
    profile,
    bound: (options.bound ?? 'mid') as Bound,
    workers,
    withFaults: options.faults === true,
  }
  return { ok: true, choice, seeds, jobs, isExplained: options.explain === true }
}

function no(message: string): ChosenVirtual {
  return { ok: false, outcome: misused(message) }
}
