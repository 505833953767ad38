/**
 * Same seed, same run: the trace holds every byte on the wire, every batch and every log line, and its hash is our
 * unseed.
 */
import { describe, expect, it } from 'vitest'
import { keptSeeds } from '../../sim/cases/kept-seeds.ts'
import { runSeed } from '../../sim/run.ts'
import { expectClean, testTimeoutMs } from './expect-clean.ts'

describe('simulation: determinism', () => {
  it(
    'the same seed gives the same trace, printed or not',
    async () => {
      for (const seed of [1, 2, 3, 4, 5, 6]) {
        const first = await runSeed(seed)
        const again = await runSeed(seed, { print: () => {} })
        expect(again.traceHash, `seed ${seed}`).toBe(first.traceHash)
      }
    },
    testTimeoutMs,
  )

  it('another seed gives another trace', async () => {
    const hashes = await Promise.all([1, 2, 3].map(async (seed) => (await runSeed(seed)).traceHash))
    expect(new Set(hashes).size).toBe(3)
  })
})

describe('simulation: kept cases', () => {
  for (const { seed, wrong } of keptSeeds) {
    it(`${seed}: ${wrong}`, () => expectClean(seed, 1), testTimeoutMs)
  }
})
