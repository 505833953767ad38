/**
 * Every preset in virtual time, in its quick form and with few users, ends clean; and a run is its seed's, with faults
 * and without: the same events and the same record (CAPACITY H.2).
 */
import { describe, expect, it } from 'vitest'
import { runVirtual, type VirtualChoice, workloadChoice } from '../../sim/virtual/run-virtual.ts'
import { findPreset, presets } from '../../sim/workload/presets/all-presets.ts'
import { makeWorkload } from '../../sim/workload/workload.ts'
import { struck } from '../support/virtual-runs.ts'

const timeout = 600_000
/** Days take long. */
const daysLong: Readonly<Record<string, number>> = { workday: 40, 'idle-week': 16 }

function quick(name: string): VirtualChoice {
  const parameters = { users: daysLong[name] ?? 80, contacts: 8 }
  const form = { driver: 'virtual', quick: true, era: '2003' } as const
  const workload = makeWorkload({ preset: findPreset(name)!, ...form, parameters })
  return { ...workloadChoice(workload, 7), profile: null, bound: 'mid', workers: 2, withFaults: false }
}

describe('simulation: presets in virtual time', () => {
  it.each(presets.map(({ name }) => name))('%s, quick, ends clean', { timeout }, async (name) => {
    const { correctness } = await runVirtual(quick(name))
    expect(correctness.examples).toEqual([])
    expect(correctness.checked).toBeGreaterThan(500)
  })
})

describe('simulation: a virtual run is its seed\u2019s', () => {
  it.each([
    ['a quick steady hour', quick('steady-hour')],
    ['a restart', quick('restart-storm')],
    ['all faults', struck(4)],
  ])('%s, twice', { timeout }, async (_, choice) => {
    const [one, other] = [await runVirtual(choice), await runVirtual(choice)]
    expect(other.traceHash).toBe(one.traceHash)
    expect(other).toEqual(one)
  })
})
