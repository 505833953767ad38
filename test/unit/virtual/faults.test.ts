/**
 * Faults in virtual time: second copies are excused only where a fault can have caused them (CAPACITY D.3), leaving one
 * strike out changes no other, and a violation that is seen only at the end is explained by what concerns its users.
 */
import { expect, it } from 'vitest'
import { acknowledgeBeforeFlush } from '../../../sim/mutants/acknowledge-before-flush.ts'
import { explain } from '../../../sim/virtual/explain-run.ts'
import { FaultLog } from '../../../sim/virtual/fault-log.ts'
import { runVirtual, type VirtualChoice } from '../../../sim/virtual/run-virtual.ts'
import { planStrikes } from '../../../sim/virtual/strikes.ts'
import type { SeenViolation } from '../../../sim/virtual/virtual-run-options.ts'
import { Weather } from '../../../sim/world/weather.ts'
import { struck } from '../../support/virtual-runs.ts'

const timeout = 120_000

it('an answer may be lost with its line or with a worker, near that time and nowhere else', () => {
  const log = new FaultLog(new Weather(), (user, device) => `10.1.0.${user + device}`)
  const mayHaveLost = (user: number, atMs: number): boolean => log.mayHaveLost(user, 0, atMs * 1000)
  expect(mayHaveLost(3, 50_000)).toBe(false)
  log.line('10.1.0.3', false, 40_000)
  expect([mayHaveLost(3, 50_000), mayHaveLost(3, 30_000), mayHaveLost(4, 50_000)]).toEqual([true, false, false])
  log.line('10.1.0.3', true, 45_000)
  expect([mayHaveLost(3, 46_000), mayHaveLost(3, 50_000)]).toEqual([true, false])
  log.loss(80_000)
  expect([80_500, 79_500, 85_000].map((atMs) => mayHaveLost(4, atMs))).toEqual([true, true, false])
})

it('strikes are the same for the same seed, and a long run is not struck more densely', () => {
  expect(planStrikes(7, 80_000)).toEqual(planStrikes(7, 80_000))
  const [hour, day] = [planStrikes(7, 3_600_000).length, planStrikes(7, 86_400_000).length]
  expect(day / hour).toBeGreaterThan(0.8)
  expect(day / hour).toBeLessThan(1.25)
})

it('seeds that once failed are clean: users who seemed absent, messages that were on disk', { timeout }, async () => {
  for (const seed of [6, 8]) {
    const { correctness } = await runVirtual(struck(seed))
    expect(correctness.examples, `seed ${seed}`).toEqual([])
    expect(correctness.checked).toBeGreaterThan(100)
  }
})

it('what is seen only at the end is explained by the lines that concern its users', { timeout }, async () => {
  const seen: SeenViolation[] = []
  const broken: VirtualChoice = { ...struck(4), mutant: acknowledgeBeforeFlush }
  const { correctness } = await runVirtual({ ...broken, onViolation: (violation) => void seen.push(violation) })
  expect(correctness.lost + correctness.notConverged).toBeGreaterThan(0)
  const [violation] = seen
  expect(violation).toMatchObject({ isAtEnd: true, words: correctness.examples[0] })
  const lines = await explain(broken, violation!)
  const [from, to] = [...violation!.words.matchAll(/\bu(\d+)\b/g)].map(([name]) => name)
  expect(lines.slice(0, 2).join(' ')).toContain(`${from} and ${to}`)
  expect(lines.length).toBeGreaterThan(5)
  expect(lines.some((line) => line.includes('fault server killed'))).toBe(true)
  expect(lines.some((line) => line.includes('10.1.0.'))).toBe(true)
})
