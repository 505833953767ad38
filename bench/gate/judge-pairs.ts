/**
 * How many pairs are measured and what they come to. 16 pairs first: where they show less than 1 % more, it passes;
 * else 24, and 36 where they are noisy. It fails when the lower bound is above nought and the mean above 2 %.
 * Simulated with 2.7 to 6 % noise of a pair: 5 % more is found in at least nine of ten runs, false alarms below 1 %
 * for four metrics together (`test/unit/gate/judge-pairs.long.test.ts`).
 */
import { type PairSummary, summarise, trimmedMean } from './pair-statistics.ts'

/** One-sided, for each of the four metrics. */
export const ALPHA = 0.0015

const first = 16
const second = 24
const last = 36
const futile = Math.log(1.01)
const worthTelling = Math.log(1.02)
const noisy = 0.055
const tooNoisy = 0.08

export type Verdict = 'pass' | 'fail' | 'inconclusive'

export interface Judgement {
  readonly verdict: Verdict
  /** In words, where it is not a pass. */
  readonly reason?: string
  readonly summary: PairSummary
  /** The same the other way round: faster, and sure of it. */
  readonly isFaster: boolean
}

/** Pairs wanted in all after these; equal to their number when it can be judged. */
export function pairsWanted(logRatios: readonly number[]): number {
  const count = logRatios.length
  if (count < first) return first
  if (count === first && trimmedMean(Float64Array.from(logRatios).sort()) < futile) return first
  if (count < second) return second
  if (count < last && summarise(logRatios, ALPHA).deviation > noisy) return last
  return count
}

export function judge(logRatios: readonly number[]): Judgement {
  const summary = summarise(logRatios, ALPHA)
  const { mean, lower, upper, deviation, pairs } = summary
  const isFaster = upper < 0 && mean < -worthTelling
  if (pairs >= last && deviation > tooNoisy) {
    const reason = `pairs differ by ${(deviation * 100).toFixed(1)} %, too noisy at more than ${tooNoisy * 100} %`
    return { verdict: 'inconclusive', reason, summary, isFaster }
  }
  if (lower > 0 && mean > worthTelling) return { verdict: 'fail', reason: 'slower', summary, isFaster }
  return { verdict: 'pass', summary, isFaster }
}

/** Takes pairs by `measure` until they can be judged, or until `isOver` says that the time is spent. */
export async function judgePairs(measure: () => Promise<number>, isOver: () => boolean): Promise<Judgement> {
  const logRatios: number[] = []
  while (logRatios.length < pairsWanted(logRatios)) {
    if (isOver()) return unfinished(logRatios)
    logRatios.push(await measure())
  }
  return judge(logRatios)
}

function unfinished(logRatios: readonly number[]): Judgement {
  const summary =
    logRatios.length < 4
      ? { mean: 0, lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY, deviation: 0, pairs: 0 }
      : summarise(logRatios, ALPHA)
  const reason = `the time was spent after ${logRatios.length} pairs`
  return { verdict: 'inconclusive', reason, summary, isFaster: false }
}
