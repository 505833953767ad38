/** What `meridian report` and `meridian sim limit` have in common: the load at any number of users, and the profile. */

import { loadProfile } from '../../../sim/profiles/load-profile.ts'
import type { Profile } from '../../../sim/profiles/profile.ts'
import { type LoadOf, LoadRefused } from '../../../sim/report-run/load.ts'
import { formatConfigError } from '../../config/index.ts'
import type { CommandIo, OptionDescription, Outcome } from '../command.ts'
import { misconfigured, misused } from '../command.ts'
import { chooseWorkload, workloadOptions } from '../sim/choose-workload.ts'
import { chooseLive } from '../sim/live-options.ts'

type Options = Readonly<Record<string, unknown>>

export const loadOptions: readonly OptionDescription[] = [
  { flags: '--profile <name>', text: 'hardware that is asked about, by name or file', default: 'this-machine' },
  ...workloadOptions,
  { flags: '--seed <number>', text: 'the same seed plans the same actions', default: '1' },
  { flags: '--transport <name>', text: 'between users and server', choices: ['tcp', 'tls', 'wss'], default: 'tcp' },
  { flags: '--lists', text: 'contacts are watched by one subscription to a list (RFC 4662)' },
  { flags: '--no-lists', text: 'contacts are watched one by one' },
  { flags: '--virtual', text: 'in virtual time, in this process: projected, whatever this machine does' },
  { flags: '--disk <which>', text: 'of the profile', choices: ['usual', 'worst'], default: 'usual' },
  { flags: '--calibration <file>', text: 'of this machine', default: 'calibration.json, made where it is missing' },
]

export interface AskedLoad {
  readonly profile: Profile
  readonly users: number
  readonly seed: number
  readonly loadOf: LoadOf
  readonly isVirtual: boolean
  readonly disk: 'usual' | 'worst'
}

export type ChosenLoad =
  | { readonly ok: true; readonly asked: AskedLoad }
  | { readonly ok: false; readonly outcome: Outcome }

export function chooseLoad(options: Options, io: Pick<CommandIo, 'cwd'>): ChosenLoad {
  const loaded = loadProfile(String(options.profile ?? 'this-machine'), io.cwd)
  if (!loaded.ok) {
    const errors = loaded.errors.map(formatConfigError)
    return { ok: false, outcome: misconfigured(errors.join('\nmeridian: '), { errors }) }
  }
  const isVirtual = options.virtual === true
  if (isVirtual && options.transport !== undefined && options.transport !== 'tcp')
    return { ok: false, outcome: misused('--virtual knows TCP only: leave --transport out') }
  const first = loadAt(options, io, isVirtual)
  if (!first.ok) return first
  const { workload, seed } = first.load
  const loadOf: LoadOf = (users, otherSeed) => {
    const other = loadAt({ ...options, users: String(users), seed: String(otherSeed) }, io, isVirtual)
    if (!other.ok) throw new LoadRefused(other.outcome.error ?? `there is no such load of ${users} users`)
    return other.load
  }
  const disk = options.disk === 'worst' ? 'worst' : 'usual'
  return {
    ok: true,
    asked: { profile: loaded.profile, users: workload.parameters.users, seed, loadOf, isVirtual, disk },
  }
}

type LoadAt =
  | { readonly ok: true; readonly load: ReturnType<LoadOf> }
  | { readonly ok: false; readonly outcome: Outcome }

function loadAt(options: Options, io: Pick<CommandIo, 'cwd'>, isVirtual: boolean): LoadAt {
  const chosen = chooseWorkload(options, io, isVirtual ? 'virtual' : 'live')
  if (!chosen.ok) return chosen
  const { workload } = chosen
  const live = chooseLive(options, io, workload)
  if (!live.ok) return { ok: false, outcome: misused(live.message) }
  const { seed, windows } = live.options
  return { ok: true, load: { workload, seed, windows, live: isVirtual ? null : live.options } }
}
