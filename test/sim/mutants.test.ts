/**
 * A check that cannot fail is worse than none: each planted fault is caught by the checker that is named for it.
 */
import { describe, expect, it } from 'vitest'
import { catchMutant } from '../../sim/catch-mutant.ts'
import { allCheckers } from '../../sim/checkers/all-checkers.ts'
import { allMutants } from '../../sim/mutants/all-mutants.ts'
import { testTimeoutMs } from './expect-clean.ts'

const seedsMax = 50

describe('simulation: planted faults are caught', () => {
  it('every checker has a mutant that it catches', () => {
    const named = new Set(allMutants.map(({ caughtBy }) => caughtBy))
    expect(allCheckers.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([])
  })

  for (const mutant of allMutants) {
    it(
      `${mutant.name} by ${mutant.caughtBy}`,
      async () => {
        const { seed, text } = await catchMutant(mutant, 1, seedsMax)
        expect(seed, text).not.toBeNull()
      },
      testTimeoutMs,
    )
  }
})
