/**
 * `meridian report --profile …`: how many users a machine carries, from calibration to report.json and report.html.
 */
import { resolve } from 'node:path'
import { codeCommit } from '../../../sim/profiles/calibrate/code-commit.ts'
import { fingerprint } from '../../../sim/profiles/calibrate/fingerprint.ts'
import { summarise } from '../../../sim/report/summary.ts'
import { writeReport } from '../../../sim/report/write-report.ts'
import { measureCapacity } from '../../../sim/report-run/capacity.ts'
import { loadWarnings } from '../../../sim/report-run/machine-load.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { failed, misused } from '../command.ts'
import { fileFault } from '../file-fault.ts'
import { runProgress, whileRunning } from '../sim/while-running.ts'
import { calibrationFor } from './calibration-for.ts'
import { dateMistake, dateOption, reportDateMs } from './report-date.ts'
import { chooseLoad, loadOptions } from './report-options.ts'
import { verdictExit } from './verdict-exit.ts'

export const description: CommandDescription = {
  path: ['report'],
  purpose: 'measure how many users a machine carries',
  details: [
    'Starts a server, lets simulated users work on it, converts what it took to the profile, and writes report.json',
    'and report.html. With --apply the server is held inside the profile (as root, by control groups) at the low,',
    'middle and high conversion: emulated. Where that may not be done it says so, and the report is projected only.',
  ].join(' '),
  withoutConfig: true,
  options: [
    ...loadOptions,
    { flags: '--apply', text: 'hold the server inside the profile; three runs and a probe' },
    { flags: '--search', text: 'search the largest number of users that meets everything, with three seeds' },
    { flags: '--sensitivity', text: 'how the limit moves with contacts, presence, devices, lists and TLS: projected' },
    {
      flags: '--warm-up <seconds>',
      text: 'from when all are signed in until figures count, model time',
      default: 'the workload’s',
    },
    { flags: '--measure <seconds>', text: 'the measured window, model time', default: 'the workload’s' },
    { flags: '--out <folder>', text: 'for the report and the records of the runs', default: 'report' },
    dateOption,
  ],
  examples: [
    { line: 'meridian report --profile lcs2003-home --users 10000 --lists --seed 7', text: 'projected to 2003' },
    {
      line: 'meridian report --profile lcs2003-home --users 10000 --lists --apply --transport tls',
      text: 'emulated, over TLS',
    },
    { line: 'meridian report --profile lcs2003-home --users 1000 --virtual', text: 'in virtual time, projected' },
    { line: 'meridian report --profile pi-5 --quick', text: 'a few minutes, to see what it looks like' },
  ],
  exitCodes: {
    1: 'so many users do not fit, or nothing could be run',
    3: 'the report is invalid and proves nothing',
    78: 'profile, workload or calibration are wrong',
  },
}

export async function run({ options, io }: Invocation): Promise<Outcome> {
  const chosen = chooseLoad(options, io)
  if (!chosen.ok) return chosen.outcome
  const { asked } = chosen
  const { profile, isVirtual } = asked
  if (isVirtual && options.apply === true) return misused('--apply holds a real server: leave --virtual out')
  const folder = resolve(io.cwd, String(options.out ?? 'report'))
  const nowMs = reportDateMs(options.now)
  if (nowMs === null) return misused(dateMistake)
  const [machine, commit] = [fingerprint(), codeCommit()]
  const say = (line: string) => io.stderr(`${line}\n`)
  const found = await calibrationFor({ options, io, profile, isVirtual, machine, commit, nowMs, say })
  if (!found.ok) return found.outcome
  const warnings = isVirtual ? [] : loadWarnings()
  const capacity = await whileRunning(io, (running) =>
    measureCapacity({
      ...asked,
      ...running,
      ...runProgress(running),
      how: isVirtual ? 'virtual' : options.apply === true ? 'held' : 'unthrottled',
      isSearched: options.search === true,
      isSensitivityAsked: options.sensitivity === true,
      calibration: found.calibration,
      machine,
      commit,
      nowMs,
      folder,
      warnings,
    }),
  )
  if (!capacity.ok) return failed(capacity.message)
  try {
    const files = writeReport(capacity.report, folder)
    const text = summarise(capacity.report, [files.html, files.json])
    return { exitCode: verdictExit(capacity.report), value: capacity.report.verdict, text, warnings: [], error: null }
  } catch (error) {
    return failed(`cannot write the report into ${folder}: ${fileFault(error)}`, null, summarise(capacity.report))
  }
}
