/**
 * `meridian sim --replay FILE`: the users of a recording, at its times, instead of a workload's.
 */
import { resolve } from 'node:path'
import type { DriveOptions } from '../../../sim/live/drive.ts'
import { type ReplayPlan, ReplayPopulation } from '../../../sim/live/replay-population.ts'
import { UnreadableRecording } from '../../../sim/replay/recording.ts'
import type { Workload } from '../../../sim/workload/workload.ts'
import type { CommandIo } from '../command.ts'
import { fileFault } from '../file-fault.ts'

type Choice = Omit<DriveOptions, 'say' | 'onProgress' | 'signal'>

/** After the last act what is under way ends. */
const restMs = 2_000

/** A text is what is wrong. Without `--replay` the options as they are. */
export function chooseReplay(
  options: Readonly<Record<string, unknown>>,
  { cwd }: Pick<CommandIo, 'cwd'>,
  choice: Choice,
  { parameters }: Workload,
): { readonly options: Choice; readonly warnings: readonly string[] } | string {
  if (options.replay === undefined) return { options: choice, warnings: [] }
  const clash = ['workload', 'users', 'quick'].find((name) => options[name] !== undefined)
  if (clash !== undefined) return `--replay has users and times of its own: leave --${clash} out`
  const shownAs = String(options.replay)
  try {
    const plan: ReplayPlan = { kind: 'replay', file: resolve(cwd, shownAs), parameters, seed: choice.seed }
    const { durationMs, isCutShort, users } = new ReplayPopulation(plan)
    if (users === 0) return `${shownAs}: nobody did anything in this recording`
    const windows = { warmUpMs: 0, measureMs: durationMs + restMs }
    // Its rates are its own: there is no plan that they could be held against.
    const replayed = { ...choice, plan, windows, preset: 'replay', quick: false, plannedRates: [] }
    const warnings = isCutShort ? [`${shownAs} was cut short; what is there is replayed`] : []
    return { options: replayed, warnings }
  } catch (error) {
    if (error instanceof UnreadableRecording) return `${shownAs}: ${error.message}`
    return `cannot read ${shownAs}: ${fileFault(error)}`
  }
}
