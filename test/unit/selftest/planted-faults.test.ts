/**
 * The self-test's quick faults are caught, each by the check that is named for it, and the same run without is clean;
 * every number of the table is planted. The others, which take longer, run in CI (.ci/run).
 */
import { describe, expect, it } from 'vitest'
import type { PlantedFault } from '../../../bench/selftest/planted-fault.ts'
import { hasSurvivor, plantedFaults, runSelftest } from '../../../bench/selftest/run-selftest.ts'

const patience = 240_000

describe('planted faults', () => {
  it('are 28, each once', () => {
    const numbers = plantedFaults.map(({ number }) => number)
    expect(numbers).toEqual(Array.from({ length: 28 }, (_, index) => index + 1))
  })

  for (const { number, fault } of plantedFaults.filter(({ isQuick }) => isQuick)) {
    it(
      `${number}: ${fault}`,
      async () => {
        const { signal } = new AbortController()
        const [outcome] = await runSelftest({ isQuick: true, only: [number], onOutcome: () => undefined, signal })
        expect(outcome, outcome?.detail).toMatchObject({ number, state: 'caught' })
      },
      patience,
    )
  }

  it.each([
    ['that nothing sees', { seen: null, clean: null }, 'survived'],
    ['whose clean run is not', { seen: 'lost', clean: 'lost' }, 'clean run is not clean'],
  ] as const)('one %s is told', async (_, said, state) => {
    const row = { number: 1, plantedIn: 'server', fault: 'made up', seenAs: 'nothing', check: 'none' } as const
    const made: PlantedFault = { ...row, isQuick: true, run: () => Promise.resolve(said) }
    const { signal } = new AbortController()
    const asked = { isQuick: true, only: [1], onOutcome: () => undefined, signal }
    const outcomes = await runSelftest({ ...asked, faults: [made] })
    expect(outcomes.map((each) => each.state)).toEqual([state])
    expect(hasSurvivor(outcomes)).toBe(true)
  })
})
