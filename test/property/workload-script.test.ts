/**
 * Promise of the model of users: the plan of all users does not depend on how they are divided over threads, and the
 * same seed gives the same plan.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DueAction } from '../../sim/workload/action.ts'
import { modelVersion } from '../../sim/workload/parameters.ts'
import { createPopulation } from '../../sim/workload/population.ts'
import { findPreset, presets } from '../../sim/workload/presets/all-presets.ts'
import { createScript } from '../../sim/workload/script.ts'
import { makeWorkload, type Workload } from '../../sim/workload/workload.ts'

function planOf(workload: Workload, seed: number, users: readonly [number, number]): DueAction[] {
  const population = createPopulation(workload.parameters, seed)
  const script = createScript({ workload, population, seed, users })
  const plan: DueAction[] = []
  while (script.nextDueMs < Infinity) {
    const { nextDueMs } = script
    if (nextDueMs < (plan.at(-1)?.dueMs ?? 0)) throw new Error(`${nextDueMs} comes after ${plan.at(-1)?.dueMs}`)
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
  users: fc.integer({ min: 12, max: 60 }),
  seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
})

function firstDifference(left: readonly string[], right: readonly string[]): string | null {
  const at = left.findIndex((text, index) => text !== right[index])
  return at < 0 && left.length === right.length ? null : `${at}: ${left[at]}, not ${right[at]}`
}

/** FNV-1a of the whole plan. */
function hashOf(plan: readonly DueAction[]): string {
  let hash = 0x811c9dc5
  for (const text of sorted(plan)) {
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(16)
}

describe('plan', () => {
  // Figures are compared by (version, workload, users, seed): where these plans change, `modelVersion` rises.
  it('is that of this version of the model', () => {
    const plans = ['steady-hour', 'workday', 'im-burst'].map((name) => {
      const parameters = { users: 60, contacts: 6 }
      const workload = makeWorkload({ preset: findPreset(name)!, quick: true, era: 'modern', parameters })
      return hashOf(planOf(workload, 7, [0, 60]))
    })
    expect({ modelVersion, plans }).toEqual({ modelVersion: 1, plans: ['6565f137', '3716a3e', '29c2e9a2'] })
  })

  it('is the same however the users are divided', () => {
    fc.assert(
      fc.property(chosen, ({ preset, era, users, seed, cuts }) => {
        const parameters = { users, contacts: 5, conversationsPerHour: 4, concurrency: 0.9, pollsPerHour: 3 }
        const workload = makeWorkload({ preset, era, quick: true, parameters })
        const bounds = [0, ...cuts.map((cut) => Math.floor(cut * users)).sort((a, b) => a - b), users]
        const slices = bounds.slice(1).map((to, index) => planOf(workload, seed, [bounds[index]!, to]))
        const whole = planOf(workload, seed, [0, users])
        expect(whole.length).toBeGreaterThan(users / 2)
        expect(firstDifference(sorted(slices.flat()), sorted(whole))).toBeNull()
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
