/**
 * 100 of the 500 seeds of presence of CI: who watches sees the newest state and nothing that he may not, whatever
 * fails. The others, and those that failed once, are in `presence-seeds.long.test.ts`.
 */
import { describe, expect, it } from 'vitest'
import { presence } from '../../sim/scenarios.ts'
import { expectClean, seedsPerTest, testTimeoutMs } from './expect-clean.ts'

const count = 100

describe('simulation of presence: the newest state is seen, by those who may see it', () => {
  for (let seed = 1; seed < 1 + count; seed += seedsPerTest) {
    it(`seeds ${seed} to ${seed + seedsPerTest - 1}`, () => expectClean(seed, seedsPerTest, presence), testTimeoutMs)
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
