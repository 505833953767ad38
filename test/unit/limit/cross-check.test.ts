/**
 * The straight line of use over users that a limit is held against (CAPACITY I.2), and what is printed of a search.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crossCheck } from '../../../sim/limit/cross-check.ts'
import { limitText, probeLine } from '../../../sim/limit/limit-text.ts'
import type { Probed } from '../../../sim/limit/probe.ts'
import { searchLimit } from '../../../sim/limit/search.ts'
import { straightLine } from '../../../sim/limit/straight-line.ts'

const probed = (users: number, use: number): Probed => {
  const uses = { cpu: { use, target: 0.7 }, memory: { use: use / 4, target: 0.85 } }
  return { users, seed: 7, passes: use <= 0.7, unsteady: false, use: uses, failing: use <= 0.7 ? [] : ['cpu'] }
}

describe('a straight line', () => {
  test('is found again from its points, whatever their weights', () => {
    const real = fc.double({ min: -1_000, max: 1_000, noNaN: true })
    const xs = fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(real, real, xs, fc.integer({ min: 1, max: 9 }), (slope, intercept, points, weight) => {
        const line = straightLine(points.map((x, at) => ({ x, y: slope * x + intercept, weight: 1 + (at % weight) })))!
        expect(line.slope).toBeCloseTo(slope, 3)
        expect(Math.abs(line.slope * 500 + line.intercept - slope * 500 - intercept)).toBeLessThan(1)
      }),
    )
  })

  test('does not exist through one x', () => {
    expect(
      straightLine([
        { x: 3, y: 1, weight: 1 },
        { x: 3, y: 2, weight: 1 },
      ]),
    ).toBeNull()
    expect(straightLine([])).toBeNull()
  })
})

describe('the cross-check of a limit', () => {
  test('agrees where use grows in a straight line to its target', async () => {
    const found = await searchLimit({
      probe: async (users) => probed(users, 0.02 + users * 0.00003),
      seeds: [1, 2, 3],
      startUsers: 1_000,
      usersMin: 10,
      usersMax: 100_000,
    })
    expect(found.crossCheck).toMatchObject({ resource: 'cpu', agrees: true })
    expect(found.crossCheck?.meetsAt).toBeCloseTo(0.68 / 0.00003, 0)
    expect(limitText(found, 'on a box')).toMatch(/^LIMIT \d+ users on a box\n {2}passes at \d+, fails at \d+: cpu\n/)
  })

  test('disagrees where something else failed long before', () => {
    const points = [1_000, 2_000, 4_000, 8_000].map((users) => probed(users, users * 0.00001))
    expect(crossCheck(points, 8_000)).toMatchObject({ agrees: false, meetsAt: expect.closeTo(70_000) })
    expect(crossCheck(points, 8_000)?.text).toContain('not the limit: look at cpu')
  })

  test('names a resource whose use is no straight line', () => {
    const points = [1_000, 2_000, 4_000, 8_000].map((users) => probed(users, (users / 10_000) ** 3))
    expect(crossCheck(points, 8_000)?.text).toContain('not linear: look at cpu')
  })

  test('needs four probes that passed', () => {
    const points = [1_000, 2_000, 4_000].map((users) => probed(users, users * 0.0001))
    expect(crossCheck([...points, probed(9_000, 0.9)], 4_000)).toBeNull()
  })

  test('a probe is one line', () => {
    expect(probeLine(probed(9_000, 0.9))).toBe('9000 users, seed 7: fails, cpu 90 of 70 %: cpu')
  })
})
