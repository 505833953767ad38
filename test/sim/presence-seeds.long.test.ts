/**
 * 400 of the 500 seeds of presence of CI, and those that failed once: who watches sees the newest state and nothing
 * that he may not, whatever fails. The first 100 are in `presence-seeds.test.ts`.
 */
import { describe, it } from 'vitest'
import { keptPresenceSeeds } from '../../sim/cases/kept-seeds.ts'
import { presence } from '../../sim/scenarios.ts'
import { expectClean, seedsPerTest, testTimeoutMs } from './expect-clean.ts'

const from = 101
const count = 400

describe('simulation of presence: the newest state is seen, by those who may see it', () => {
  for (let seed = from; seed < from + count; seed += seedsPerTest) {
    it(`seeds ${seed} to ${seed + seedsPerTest - 1}`, () => expectClean(seed, seedsPerTest, presence), testTimeoutMs)
  }
})

describe('simulation of presence: kept cases', () => {
  for (const { seed, wrong } of keptPresenceSeeds) {
    it(`${seed}: ${wrong}`, () => expectClean(seed, 1, presence), testTimeoutMs)
  }
})
