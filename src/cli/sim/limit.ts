/**
 * `meridian sim limit`: the largest number of users that meets every level and target, by search.
 */
import { limitText } from '../../../sim/limit/limit-text.ts'
import { codeCommit } from '../../../sim/profiles/calibrate/code-commit.ts'
import { fingerprint } from '../../../sim/profiles/calibrate/fingerprint.ts'
import { type Bound, bounds } from '../../../sim/profiles/range-of-three.ts'
import { searchAt } from '../../../sim/report-run/search-bounds.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { exitCodes, misused } from '../command.ts'
import { calibrationFor } from '../report/calibration-for.ts'
import { chooseLoad, loadOptions } from '../report/report-options.ts'
import { runProgress, whileRunning } from './while-running.ts'

export const description: CommandDescription = {
  path: ['sim', 'limit'],
  purpose: 'search the largest number of users that meets every level and target',
  details: [
    'Doubles from --users until a load fails, bisects to 5 %, and tries both edges with three seeds. Each try is a run',
    'of its own, live or, with --virtual, in virtual time.',
  ].join(' '),
  withoutConfig: true,
  options: [
    ...loadOptions.map((option) =>
      option.flags.startsWith('--users') ? { ...option, text: 'users to begin with', default: '1000' } : option,
    ),
    { flags: '--bound <which>', text: 'end of the profile’s uncertainty', choices: bounds, default: 'mid' },
  ],
  examples: [
    { line: 'meridian sim limit --virtual --profile lcs2003-home --lists', text: 'of the machine of 2003, projected' },
    { line: 'meridian sim limit --users 500', text: 'of this machine, measured; takes hours' },
  ],
  exitCodes: {
    1: 'not even the least load passed',
    3: 'the search proves nothing, as a quick form always does',
    78: 'profile or workload are wrong',
  },
}

export async function run({ options, io }: Invocation): Promise<Outcome> {
  const chosen = chooseLoad({ ...options, users: options.users ?? '1000' }, io)
  if (!chosen.ok) return chosen.outcome
  const { asked } = chosen
  const { profile, isVirtual, users, seed } = asked
  const bound = (options.bound ?? 'mid') as Bound
  if (users < 10) return misused('--users: begin with 10 users or more')
  const [machine, commit, nowMs] = [fingerprint(), codeCommit(), Date.now()]
  const say = (line: string) => io.stderr(`${line}\n`)
  const calibrated = await calibrationFor({ options, io, profile, isVirtual, machine, commit, nowMs, say })
  if (!calibrated.ok) return calibrated.outcome
  const how = isVirtual ? 'virtual' : 'unthrottled'
  const found = await whileRunning(io, (running) => {
    const shown = runProgress(running)
    const { calibration } = calibrated
    return searchAt(
      { ...asked, ...running, ...shown, how, calibration, machine, commit, nowMs, startUsers: users },
      null,
      bound,
    )
  })
  const label = isVirtual || profile.cpu.score !== 'calibrated' ? 'projected' : 'measured'
  const isQuick = options.quick === true
  const kind = isQuick ? `${label}; quick form: no capacity` : label
  const about = `on ${profile.name} at ${bound}, from seed ${seed} (${kind})`
  const text = limitText(found, about)
  const exitCode =
    found.invalid !== null || isQuick ? exitCodes.inconclusive : found.limit === null ? exitCodes.failed : exitCodes.ok
  return { exitCode, value: found, text, warnings: [], error: null }
}
