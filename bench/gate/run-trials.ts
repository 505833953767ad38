/**
 * Does the gate keep its promise?
 *
 *     npm run bench -- --gate-trials [--trials 20] [--measured] [--only relay,…]
 *
 * 20 comparisons of a commit with itself without an alarm, a planted 5 % found in nine of ten, one NOTIFY more for each
 * change found by the counters. By pairs that are drawn (seconds); with `--measured` by servers as well: about an hour
 * for each time, on a machine that does nothing else. Exit code 0: kept; 1: not; 64: wrong use.
 */
import { CannotBench } from '../run-benches.ts'
import { gateMetrics } from './metrics.ts'
import { countersTrial, drawnDeviations, drawnTrial, isKept, measuredTrial, type TrialCount } from './trials.ts'

export interface TrialsOptions {
  readonly trials: number
  readonly isMeasured: boolean
  /** Times that are measured; null: all four. */
  readonly only: readonly string[] | null
  readonly print: (line: string) => void
  readonly say: (line: string) => void
}

export async function runTrials({ trials, isMeasured, only, print, say }: TrialsOptions): Promise<number> {
  if (!(Number.isInteger(trials) && trials > 0)) throw new CannotBench('--trials: a whole number above 0 is wanted')
  const metrics = gateMetrics.filter(({ name }) => only?.includes(name) ?? true)
  const unknown = only?.find((each) => !metrics.some(({ name }) => name === each))
  if (unknown !== undefined) throw new CannotBench(`the gate has no time ${unknown}`)
  const { planted, clean } = await countersTrial()
  print(counterLine('the same server twice', clean, clean === null))
  print(counterLine('one NOTIFY more for each change', planted?.split('; ')[0] ?? null, planted !== null))
  let areKept = clean === null && planted !== null
  const note = (count: TrialCount): void => {
    print(trialLine(count))
    areKept &&= isKept(count)
  }
  for (const deviation of drawnDeviations)
    for (const isPlanted of [false, true]) note(await drawnTrial(deviation, isPlanted, trials))
  for (const metric of isMeasured ? metrics : [])
    for (const isPlanted of [false, true]) note(await measuredTrial(metric, isPlanted, trials, say))
  print(areKept ? 'the gate keeps its promise' : 'the gate does not keep its promise')
  return areKept ? 0 : 1
}

function counterLine(what: string, found: string | null, isRight: boolean): string {
  return `${isRight ? 'ok  ' : 'FAIL'} counters, ${what}: ${found ?? 'nothing differs'}`
}

export function trialLine(count: TrialCount): string {
  const { name, isPlanted, trials, failed, unclear } = count
  const what = isPlanted ? `5 % more found in ${failed} of ${trials}` : `${failed} alarms in ${trials} without a change`
  return `${isKept(count) ? 'ok  ' : 'FAIL'} ${name}: ${what}${unclear === 0 ? '' : `, ${unclear} could not be told`}`
}
