/**
 * `meridian report show`: a report of capacity in the terminal, or its page again.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type CommandDescription, done, failed, type Invocation, type Outcome } from '../command.ts'
import { fileFault } from '../file-fault.ts'
import { verdictExit } from './verdict-exit.ts'

export const description: CommandDescription = {
  path: ['report', 'show'],
  purpose: 'show a report of what a machine carries',
  arguments: [{ name: '<file>', text: 'report.json' }],
  options: [{ flags: '--html <file>', text: 'write the page anew, for a browser or a printer' }],
  withoutConfig: true,
  examples: [
    { line: 'meridian report show report.json', text: 'verdict, levels and resources in 25 lines' },
    { line: 'meridian report show report.json --html report.html', text: 'and the page' },
  ],
  exitCodes: { 1: 'it is no report, or what it says does not fit', 3: 'the report is invalid and proves nothing' },
}

export async function run({ arguments: [file], options, io }: Invocation): Promise<Outcome> {
  const { readReport } = await import('../../../sim/report/write-report.ts')
  const { summarise } = await import('../../../sim/report/summary.ts')
  const read = readReport(resolve(io.cwd, file!))
  if (!read.ok) return failed(read.message)
  const { report } = read
  if (typeof options.html === 'string') {
    const { reportPage } = await import('../../../sim/report/page/page.ts')
    const path = resolve(io.cwd, options.html)
    try {
      writeFileSync(path, reportPage(report))
    } catch (error) {
      return failed(`cannot write ${path}: ${fileFault(error)}`)
    }
  }
  const outcome = done(report.verdict, summarise(report))
  return { ...outcome, exitCode: verdictExit(report) }
}
