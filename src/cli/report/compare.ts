/**
 * `meridian report compare`: two reports, or two sets of them, side by side.
 */
import { resolve } from 'node:path'
import { type CommandDescription, done, exitCodes, failed, type Invocation, misused, type Outcome } from '../command.ts'

export const description: CommandDescription = {
  path: ['report', 'compare'],
  purpose: 'compare two reports, or two sets of five and more',
  details: [
    'Refused unless preset, parameters, users, profile, seeds and label are the same. Counters are compared exactly.',
    'Of latencies and use a 95 % interval is given from five reports on each side; single runs show no change.',
  ].join(' '),
  arguments: [
    { name: '<a>', text: 'report.json, or several with commas between them' },
    { name: '<b>', text: 'what is held against it' },
  ],
  options: [{ flags: '--force', text: 'compare what is not the same, with the differences on top' }],
  withoutConfig: true,
  examples: [
    { line: 'meridian report compare before/report.json after/report.json', text: 'one run each' },
    { line: 'meridian report compare a1.json,a2.json b1.json,b2.json --force', text: 'sets of them' },
  ],
  exitCodes: { 1: 'worse, or not to be compared' },
}

export async function run({ arguments: given, options, io }: Invocation): Promise<Outcome> {
  const { readReport } = await import('../../../sim/report/write-report.ts')
  const { compareReports } = await import('../../../sim/report/compare.ts')
  const { comparisonText } = await import('../../../sim/report/comparison-text.ts')
  const sides = given.map((files) => files.split(',').map((file) => readReport(resolve(io.cwd, file))))
  const faults = sides.flat().flatMap((read) => (read.ok ? [] : [read.message]))
  if (faults.length > 0) return failed(faults.join('\nmeridian: '))
  const [a, b] = sides.map((side) => side.flatMap((read) => (read.ok ? [read.report] : [])))
  if (!a || !b) return misused('two reports are needed')
  const comparison = compareReports(a, b, options.force === true)
  if (!comparison.ok) {
    const lines = comparison.differences.map((difference) => `not the same ${difference}`)
    return failed(`${lines.join('\nmeridian: ')}\nmeridian: --force compares them all the same`, comparison)
  }
  const outcome = done(comparison, comparisonText(comparison))
  return comparison.verdict === 'worse' ? { ...outcome, exitCode: exitCodes.failed } : outcome
}
