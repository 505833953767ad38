/**
 * Trials of the gate: what is planted is planted, what is found is counted, and a promise that is not kept is said.
 */
import { describe, expect, it } from 'vitest'
import { makeDearer, owedMicros } from '../../../bench/gate/dearer.ts'
import { trialLine } from '../../../bench/gate/run-trials.ts'
import { countersTrial, drawnTrial, isKept } from '../../../bench/gate/trials.ts'

const timeout = 180_000

describe('gate trials: counters', () => {
  it('find one NOTIFY more for each change, and nothing in the same server', { timeout }, async () => {
    const { planted, clean } = await countersTrial()
    expect(clean).toBeNull()
    const [, before, after] = /^presence 1 sent NOTIFY: (\d+) → (\d+)/.exec(planted ?? '') ?? []
    expect(Number(after)).toBeGreaterThan(Number(before) * 1.1)
  })
})

describe('gate trials: times', () => {
  it('drawn as a shared machine has them: no alarm, and 5 % found in nine of ten', { timeout }, async () => {
    const [same, dearer] = [await drawnTrial(0.04, false, 20), await drawnTrial(0.04, true, 20)]
    expect(same.failed).toBe(0)
    expect(dearer.failed).toBeGreaterThanOrEqual(18)
  })

  it('keep the promise or say that they do not', () => {
    const of = { name: 'measured, relay', trials: 20, unclear: 0 }
    const cases = [
      [{ ...of, isPlanted: false, failed: 0 }, true],
      [{ ...of, isPlanted: false, failed: 1 }, false],
      [{ ...of, isPlanted: true, failed: 18 }, true],
      [{ ...of, isPlanted: true, failed: 17 }, false],
    ] as const
    for (const [count, isGood] of cases) {
      expect(isKept(count)).toBe(isGood)
      expect(trialLine(count).startsWith('ok')).toBe(isGood)
    }
  })
})

describe('the planted slowdown', () => {
  it('owes its share of what is no waste, less what was wasted', () => {
    expect(owedMicros(100_000, 0, 0.05)).toBe(5_000)
    expect(owedMicros(105_000, 5_000, 0.05)).toBe(0)
    expect(owedMicros(205_000, 5_000, 0.05)).toBe(5_000)
    expect(owedMicros(106_000, 6_000, 0.05)).toBe(0)
  })

  it('wastes that part of what the process spends', { timeout }, async () => {
    const before = process.cpuUsage()
    const wasted = makeDearer(0.05)
    for (let turn = 0; turn < 8; turn++) {
      const untilMicros = process.cpuUsage().user + 60_000
      while (process.cpuUsage().user < untilMicros);
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    const { user, system } = process.cpuUsage(before)
    const share = wasted() / (user + system - wasted())
    expect(share).toBeGreaterThan(0.03)
    expect(share).toBeLessThan(0.06)
  })
})
