/**
 * 500 seeds of presence in every test run: who watches sees the newest state and nothing that he may not, whatever
 * fails.
 */
import { describe, expect, it } from 'vitest'
import { presence } from '../../sim/scenarios.ts'
import { expectClean, seedsPerTest, testTimeoutMs } from './expect-clean.ts'

const count = 500

describe('simulation of presence: the newest state is seen, by those who may see it', () => {
  for (let seed = 1; seed < 1 + count; seed += seedsPerTest) {
    it(`seeds ${seed} to ${seed + seedsPerTest - 1}`, () => expectClean(seed, seedsPerTest, presence), testTimeoutMs)
  }
})

/** Seeds that found something, and what; beyond the first 500. */
const kept: readonly (readonly [number, string])[] = [
  [1541, 'a subscription that was replaced came back after a failed batch and a restart'],
  [1677, 'a watch whose verdict was lost was not asked for again: both ends had the pair'],
]

describe('simulation of presence: seeds that found something', () => {
  for (const [seed, what] of kept) it(`${seed}: ${what}`, () => expectClean(seed, 1, presence), testTimeoutMs)
})

describe('simulation of presence: determinism', () => {
  it(
    'the same seed gives the same trace, printed or not',
    async () => {
      for (const seed of [1, 2, 3]) {
        const first = await presence.runSeed(seed)
        const again = await presence.runSeed(seed, { print: () => {} })
        expect(again.traceHash, `seed ${seed}`).toBe(first.traceHash)
      }
    },
    testTimeoutMs,
  )
})
