/** The exit code that a verdict comes to. */
import type { Report } from '../../../sim/report/report.ts'
import { type ExitCode, exitCodes } from '../command.ts'

export function verdictExit({ verdict: { word } }: Report): ExitCode {
  if (word === 'INVALID') return exitCodes.inconclusive
  return word === 'does-not-fit' ? exitCodes.failed : exitCodes.ok
}
