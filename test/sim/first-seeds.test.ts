/**
 * Half of the 500 seeds of CI: register, message, refresh and crash, with all that the swarm draws (P1,
 * P2, P3). The other half is in `second-seeds.long.test.ts`.
 */
import { describe, it } from 'vitest'
import { expectClean, seedsPerTest, testTimeoutMs } from './expect-clean.ts'

const from = 1
const count = 250

describe('simulation: promises P1, P2 and P3 hold whatever fails', () => {
  for (let seed = from; seed < from + count; seed += seedsPerTest) {
    it(`seeds ${seed} to ${seed + seedsPerTest - 1}`, () => expectClean(seed, seedsPerTest), testTimeoutMs)
  }
})
