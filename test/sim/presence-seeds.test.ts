/**
 * 500 seeds of presence in every test run: who watches sees the newest state and nothing that he may not, whatever
 * fails.
 */
import { describe, expect, it } from 'vitest'
import { keptPresenceSeeds } from '../../sim/cases/kept-seeds.ts'
import { presence } from '../../sim/scenarios.ts'
import { expectClean, seedsPerTest, testTimeoutMs } from './expect-clean.ts'

const count = 500

describe('simulation of presence: the newest state is seen, by those who may see it', () => {
  for (let seed = 1; seed < 1 + count; seed += seedsPerTest) {
    it(`seeds ${seed} to ${seed + seedsPerTest - 1}`, () => expectClean(seed, seedsPerTest, presence), testTimeoutMs)
  }
})

describe('simulation of presence: kept cases', () => {
  for (const { seed, wrong } of keptPresenceSeeds) {
    it(`${seed}: ${wrong}`, () => expectClean(seed, 1, presence), testTimeoutMs)
  }
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
