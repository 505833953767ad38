/**
 * The gate's promise, by simulation: without a change it is silent, 5 % more it finds in at least nine of ten runs
 * (with the noise of pairs that shared machines have), and what cannot be judged it says.
 */
import { expect, test } from 'vitest'
import { drawnPairs, failedRuns } from '../../../bench/gate/drawn-pairs.ts'
import { judge, judgePairs, pairsWanted } from '../../../bench/gate/judge-pairs.ts'
import { summarise, trimmedMean } from '../../../bench/gate/pair-statistics.ts'
import { Prng } from '../../../sim/world/prng.ts'

function failures(runs: number, change: number, spread: number): Promise<number> {
  return failedRuns(runs, new Prng(7, `${change} ${spread}`), { change, spread })
}

/** Thousands of resamples for each run: seconds, on a machine that does nothing else. */
const timeout = 180_000

test('without a change, at most one of 400 runs fails', { timeout }, async () => {
  expect(await failures(400, 0, 0.04)).toBeLessThanOrEqual(1)
})

test.each([0.027, 0.05])('a planted 5 percent is found in nine of ten runs, noise $0', { timeout }, async (noise) => {
  expect(await failures(60, 0.05, noise)).toBeGreaterThanOrEqual(54)
})

test('16 pairs that show no change are enough; noisy ones are taken 36 times', () => {
  expect(pairsWanted([])).toBe(16)
  expect(pairsWanted(Array.from({ length: 16 }, () => 0))).toBe(16)
  expect(pairsWanted(Array.from({ length: 16 }, () => 0.05))).toBe(24)
  expect(pairsWanted(Array.from({ length: 24 }, (_, index) => 0.05 + (index % 2 === 0 ? 0.1 : -0.1)))).toBe(36)
})

test('pairs too far apart are inconclusive, and so are those that the time did not allow', async () => {
  const wild = Array.from({ length: 36 }, (_, index) => 0.05 + (index % 2 === 0 ? 0.15 : -0.15))
  expect(judge(wild).verdict).toBe('inconclusive')
  const cut = await judgePairs(drawnPairs(new Prng(1), { change: 0, spread: 0.01 }), () => true)
  expect(cut).toMatchObject({ verdict: 'inconclusive', reason: 'the time was spent after 0 pairs' })
})

test('what is faster is told and passes', () => {
  const faster = Array.from({ length: 24 }, (_, index) => -0.06 + (index % 3) / 1_000)
  expect(judge(faster)).toMatchObject({ verdict: 'pass', isFaster: true })
})

test('the trimmed mean leaves out a tenth at both ends', () => {
  expect(trimmedMean(Float64Array.from([-100, 1, 1, 1, 1, 1, 1, 1, 1, 100]))).toBe(1)
})

test('the bounds hold the truth at their rate', { timeout }, () => {
  const prng = new Prng(3, 'bounds')
  let above = 0
  for (let run = 0; run < 200; run++) {
    const sample = Array.from({ length: 16 }, () => prng.float() - 0.5)
    if (summarise(sample, 0.05).lower > 0) above++
  }
  expect(above).toBeLessThan(25)
})
