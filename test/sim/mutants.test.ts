/**
 * A check that cannot fail is worse than none: each planted fault is caught by the checker that is named for it.
 */
import { describe, expect, it } from 'vitest'
import { catchMutant } from '../../sim/catch-mutant.ts'
import { scenarios } from '../../sim/scenarios.ts'
import { testTimeoutMs } from './expect-clean.ts'

const seedsMax = 50

for (const scenario of scenarios) {
  describe(`simulation of ${scenario.name}: planted faults are caught`, () => {
    it('every checker has a mutant that it catches', () => {
      const named = new Set(scenario.mutants.map(({ caughtBy }) => caughtBy))
      expect(scenario.checkers.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([])
    })

    for (const mutant of scenario.mutants) {
      it(
        `${mutant.name} by ${mutant.caughtBy}`,
        async () => {
          const { seed, text } = await catchMutant(mutant, mutant.firstSeed ?? 1, seedsMax, scenario)
          expect(seed, text).not.toBeNull()
        },
        testTimeoutMs,
      )
    }
  })
}
