/**
 * `meridian report make`: a report of capacity from the record of a run.
 */
import { resolve } from 'node:path'
import { formatConfigError } from '../../config/index.ts'
import {
  type CommandDescription,
  done,
  exitCodes,
  failed,
  type Invocation,
  misconfigured,
  misused,
  type Outcome,
} from '../command.ts'
import { fileFault } from '../file-fault.ts'
import { dateMistake, dateOption, reportDateMs } from './report-date.ts'

export const description: CommandDescription = {
  path: ['report', 'make'],
  purpose: 'make a report from the record of a run',
  details: [
    'The run was made with `meridian sim --out`. What it took is converted to the processors of the profile; latencies',
    'stay those of the machine of the run, which the report says.',
  ].join(' '),
  arguments: [{ name: '<record>', text: 'what the run has written' }],
  options: [
    { flags: '--profile <name>', text: 'hardware profile by name or path', default: 'this-machine' },
    { flags: '--calibration <file>', text: 'of this machine', default: 'calibration.json, where it is there' },
    { flags: '--out <folder>', text: 'for report.json and report.html', default: 'the current one' },
    dateOption,
  ],
  withoutConfig: true,
  examples: [
    { line: 'meridian report make run.json', text: 'of this machine, as found' },
    { line: 'meridian report make run.json --profile lcs2003-home --out report', text: 'converted to that of 2003' },
  ],
  exitCodes: {
    1: 'it does not fit, or a file cannot be read or written',
    3: 'the run is invalid and proves nothing',
    78: 'there is no such profile, or it is wrong',
  },
}

export async function run({ arguments: [record], options, io }: Invocation): Promise<Outcome> {
  const { loadProfile } = await import('../../../sim/profiles/load-profile.ts')
  const { readRun } = await import('../../../sim/report/read-run.ts')
  const nowMs = reportDateMs(options.now)
  if (nowMs === null) return misused(dateMistake)
  const loaded = loadProfile(String(options.profile ?? 'this-machine'), io.cwd)
  if (!loaded.ok) return misconfigured(loaded.errors.map(formatConfigError).join('\nmeridian: '))
  const read = readRun(resolve(io.cwd, record!))
  if (!read.ok) return failed(read.message)
  const { readCalibration } = await import('../../../sim/profiles/calibrate/calibration.ts')
  const calibrated = readCalibration(resolve(io.cwd, String(options.calibration ?? 'calibration.json')))
  if (!calibrated.ok && options.calibration !== undefined) return failed(calibrated.message)
  const { fingerprint } = await import('../../../sim/profiles/calibrate/fingerprint.ts')
  const { codeCommit } = await import('../../../sim/profiles/calibrate/code-commit.ts')
  const { judge } = await import('../../../sim/report/judge.ts')
  const report = judge({
    runs: { only: read.run },
    profile: loaded.profile,
    calibration: calibrated.ok ? calibrated.calibration : null,
    machine: fingerprint(),
    commit: codeCommit(),
    nowMs,
  })
  const { writeReport } = await import('../../../sim/report/write-report.ts')
  const { summarise } = await import('../../../sim/report/summary.ts')
  try {
    const files = writeReport(report, resolve(io.cwd, String(options.out ?? '.')))
    const { word } = report.verdict
    const code = word === 'INVALID' ? exitCodes.inconclusive : word === 'does-not-fit' ? exitCodes.failed : exitCodes.ok
    return { ...done(report.verdict, summarise(report, [files.html, files.json])), exitCode: code }
  } catch (error) {
    return failed(`the report cannot be written: ${fileFault(error)}`)
  }
}
