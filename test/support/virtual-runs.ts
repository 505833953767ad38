/**
 * Small runs in virtual time under all faults, busy enough that what faults do to them shows.
 */
import { type VirtualChoice, workloadChoice } from '../../sim/virtual/run-virtual.ts'
import type { Parameters } from '../../sim/workload/parameters.ts'
import { findPreset } from '../../sim/workload/presets/all-presets.ts'
import { makeWorkload } from '../../sim/workload/workload.ts'

const busy = { conversationsPerHour: 60, manualPerHour: 30, reconnect: 'uniform', reconnectSeconds: 10 } as const

export function struck(seed: number, given: Partial<Parameters> = {}, measureMs = 60_000): VirtualChoice {
  const form = { driver: 'virtual', quick: true, era: '2003' } as const
  const parameters = { users: 12, contacts: 4, ...busy, ...given }
  const workload = makeWorkload({ preset: findPreset('steady-hour')!, ...form, parameters })
  const run = workloadChoice(workload, seed)
  const windows = { ...run.windows, measureMs }
  return { ...run, windows, profile: null, bound: 'mid', workers: 2, withFaults: true }
}
