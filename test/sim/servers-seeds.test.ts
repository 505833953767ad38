/**
 * A few seeds of several servers in every test run; `servers-seeds.sh` runs 500 in CI.
 */
import { describe, expect, it } from 'vitest'
import { servers } from '../../sim/scenarios.ts'
import { expectClean, seedsPerTest, testTimeoutMs } from './expect-clean.ts'

describe('simulation of several servers: they act as one whatever fails', () => {
  it(`seeds 1 to ${seedsPerTest}`, () => expectClean(1, seedsPerTest, servers), testTimeoutMs)

  it(
    'the same seed gives the same trace, printed or not',
    async () => {
      for (const seed of [1, 2]) {
        const first = await servers.runSeed(seed)
        const again = await servers.runSeed(seed, { print: () => {} })
        expect(again.traceHash, `seed ${seed}`).toBe(first.traceHash)
      }
    },
    testTimeoutMs,
  )
})
