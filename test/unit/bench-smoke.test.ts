/**
 * Keeps the benches running: each in its small size. Their figures mean nothing here and are judged by the gates.
 */
import { describe, expect, test } from 'vitest'
import { benches } from '../../bench/benches.ts'
import { isMet, median } from '../../bench/harness/figures.ts'
import { hasCompiler } from '../../bench/harness/native.ts'

/** One of each kind: all of them would take a minute. `npm run bench -- --smoke` runs all. */
const tried = ['micro', 'relay-tcp', 'link', 'register', 'presence-fan-out']

describe('benches (smoke)', () => {
  test.skipIf(!hasCompiler()).each(tried)('%s finds figures', { timeout: 60_000 }, async (name) => {
    const bench = benches.find((each) => each.name === name)!
    const figures = await bench.run('smoke', () => {})
    expect(figures.length).toBeGreaterThan(0)
    for (const { what, value } of figures) expect(value, what).not.toBeNaN()
  })

  test('each bench has a name of its own and a question', () => {
    expect(new Set(benches.map(({ name }) => name)).size).toBe(benches.length)
    for (const { question } of benches) expect(question).toMatch(/\?$/)
  })

  test('bounds are inclusive', () => {
    const figure = { what: '', unit: '', value: 3 }
    expect([isMet({ ...figure, atMost: 3 }), isMet({ ...figure, atMost: 2.9 })]).toEqual([true, false])
    expect([isMet({ ...figure, atLeast: 3 }), isMet({ ...figure, atLeast: 3.1 })]).toEqual([true, false])
    expect(isMet(figure)).toBe(true)
  })

  test('the median of an even number lies between the two in the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5])
  })
})
