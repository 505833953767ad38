/**
 * What a run of simulated users comes to as an exit code, live or in virtual time.
 */
import type { RunRecord } from '../../../sim/measure/run-record.ts'
import { violations } from '../../../sim/verify/findings.ts'
import { type ExitCode, exitCodes } from '../command.ts'

/** 1: something was wrong, however the run went; 3: it proves nothing. */
export function runExit({ correctness, validity, endedEarly }: RunRecord): ExitCode {
  if (violations.some((kind) => correctness[kind] > 0)) return exitCodes.failed
  if (endedEarly !== undefined || validity.some(({ ok }) => !ok)) return exitCodes.inconclusive
  return exitCodes.ok
}
