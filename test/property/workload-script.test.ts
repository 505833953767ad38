/**
 * Promise of the model of users: the plan of all users does not depend on how they are divided over threads, and the
 * same seed gives the same plan.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DueAction } from '../../sim/workload/action.ts'
import { createPopulation } from '../../sim/workload/population.ts'
import { presets } from '../../sim/workload/presets/all-presets.ts'
import { createScript } from '../../sim/workload/script.ts'
import { makeWorkload, type Workload } from '../../sim/workload/workload.ts'

function planOf(workload: Workload, seed: number, users: readonly [number, number]): DueAction[] {
  const population = createPopulation(workload.parameters, seed)
  const script = createScript({ workload, population, seed, users })
  const plan: DueAction[] = []
  while (script.nextDueMs < Infinity) {
    expect(script.nextDueMs).toBeGreaterThanOrEqual(plan.at(-1)?.dueMs ?? 0)
    plan.push(script.take())
  }
  return plan
}

/** As texts in an order of their own; what one user does stays in its order where the moment is the same. */
function sorted(plan: readonly DueAction[]): string[] {
  const userOf = ({ action }: DueAction): number => ('user' in action ? action.user : -1)
  return plan
    .toSorted((left, right) => left.dueMs - right.dueMs || userOf(left) - userOf(right))
    .map((due) => JSON.stringify(due))
}

const chosen = fc.record({
  preset: fc.constantFrom(...presets.filter(({ name }) => name !== 'idle-week')),
  era: fc.constantFrom('2003' as const, 'modern' as const),
  users: fc.integer({ min: 12, max: 90 }),
  seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
})

describe('plan', () => {
  it('is the same however the users are divided', () => {
    fc.assert(
      fc.property(chosen, ({ preset, era, users, seed, cuts }) => {
        const parameters = { users, contacts: 5, conversationsPerHour: 10, concurrency: 0.9, pollsPerHour: 3 }
        const workload = makeWorkload({ preset, era, quick: true, parameters })
        const bounds = [0, ...cuts.map((cut) => Math.floor(cut * users)).sort((a, b) => a - b), users]
        const slices = bounds.slice(1).map((to, index) => planOf(workload, seed, [bounds[index]!, to]))
        const whole = planOf(workload, seed, [0, users])
        expect(whole.length).toBeGreaterThan(users / 2)
        expect(sorted(slices.flat())).toEqual(sorted(whole))
      }),
      { numRuns: 30 },
    )
  })

  it('ends before the run does, and says Infinity then', () => {
    const workload = makeWorkload({ preset: presets[0]!, quick: true })
    const plan = planOf(workload, 7, [0, workload.parameters.users])
    expect(plan.at(-1)!.dueMs).toBeLessThan(workload.plan.durationMs)
    expect(sorted(planOf(workload, 7, [0, workload.parameters.users]))).toEqual(sorted(plan))
    expect(sorted(planOf(workload, 8, [0, workload.parameters.users]))).not.toEqual(sorted(plan))
  })
})
