/**
 * The virtual driver's promises: the same seed gives the same events and the same record; whole runs are clean; faults
 * take away nothing that was acknowledged; a slower machine is busier, and shows it.
 */
import { expect, it } from 'vitest'
import { drillPlan } from '../../../sim/live/drill-population.ts'
import { LatencyHistogram } from '../../../sim/measure/latency-histogram.ts'
import type { RunRecord } from '../../../sim/measure/run-record.ts'
import { loadProfile } from '../../../sim/profiles/load-profile.ts'
import { operationCosts } from '../../../sim/report/work.ts'
import { runVirtual, type VirtualChoice } from '../../../sim/virtual/run-virtual.ts'
import { virtualSettings } from '../../../sim/virtual/virtual-settings.ts'

const timeout = 180_000
const drill: VirtualChoice = {
  plan: { ...drillPlan, users: 30, contacts: 5, workMs: 20_000 },
  windows: { warmUpMs: 3_000, measureMs: 17_000 },
  preset: 'drill',
  quick: true,
  parameters: {},
  plannedRates: [],
  seed: 7,
  profile: null,
  bound: 'mid',
  workers: 2,
  withFaults: false,
  lists: true,
}

function counted(record: RunRecord, id: string): number {
  return record.operations.find((operation) => operation.id === id)?.count ?? 0
}

function p99Ms(record: RunRecord, id: string): number {
  const level = record.levels.find((each) => each.id === id)
  return level ? LatencyHistogram.of(level.latency).percentileUs(99) / 1_000 : Number.NaN
}

it('the same seed gives the same record and hash, another seed another', { timeout }, async () => {
  const [one, same, other] = [await runVirtual(drill), await runVirtual(drill), await runVirtual({ ...drill, seed: 8 })]
  expect(same).toEqual(one)
  expect(one.traceHash).toMatch(/^[0-9a-f]{16}$/)
  expect(other.traceHash).not.toBe(one.traceHash)
})

it('a whole run is clean: what was sent has arrived, and everybody sees the newest', { timeout }, async () => {
  const record = await runVirtual(drill)
  expect(record.correctness).toMatchObject({ lost: 0, duplicates: 0, stale: 0, unauthorised: 0, notConverged: 0 })
  expect(record.correctness.checked).toBeGreaterThan(300)
  expect(record.levels.reduce((sum, { failures }) => sum + failures, 0)).toBe(0)
  expect(record).toMatchObject({ driver: 'virtual', label: 'projected' })
  expect([counted(record, 'message'), counted(record, 'notify')].every((count) => count > 100)).toBe(true)
  expect(record.server!.commits).toBeGreaterThan(50)
  const costs = operationCosts(record)
  for (const id of ['notify', 'message'] as const) {
    expect(costs.get(id)?.userUs, id).toBeGreaterThan(0)
  }
  const single = await runVirtual({ ...drill, lists: false })
  expect(single.correctness).toMatchObject({ lost: 0, stale: 0, unauthorised: 0, notConverged: 0 })
})

it('a Pentium 4 of the profile is busier than the reference core, and slower to tell', { timeout }, async () => {
  const found = loadProfile('lcs2003-home', '.')
  if (!found.ok) throw new Error('the profile is not there')
  const reference = await runVirtual(drill)
  const old = await runVirtual({ ...drill, profile: found.profile })
  const busy = (record: RunRecord): number => record.server!.cpuUserUs + record.server!.cpuSystemUs
  expect(busy(old) / busy(reference)).toBeGreaterThan(6)
  expect(busy(old) / busy(reference)).toBeLessThan(32)
  expect(p99Ms(old, 'D5')).toBeGreaterThan(p99Ms(reference, 'D5') + 10)
  expect(old.correctness).toMatchObject({ lost: 0, stale: 0, notConverged: 0 })
})

it('a server that cannot keep up loses nothing: what it has kept arrives when it tries again', {
  timeout,
}, async () => {
  const found = loadProfile('lcs2003-home', '.')
  if (!found.ok) throw new Error('the profile is not there')
  const slower = ([low, mid, high]: readonly [number, number, number]): [number, number, number] => {
    return [low * 12, mid * 12, high * 12]
  }
  const { cpu } = found.profile
  const factors = { ...cpu.factors!, general: slower(cpu.factors!.general), kernel: slower(cpu.factors!.kernel) }
  const plan = { ...drillPlan, users: 30, contacts: 5, workMs: 20_000, messagesPerSecond: 10 }
  const profile = { ...found.profile, cpu: { ...cpu, factors } }
  // Of this seed 22 messages were called lost: 16 that the server still kept, and 6 that had no answer yet.
  // A server that refused what it cannot do would keep up.
  const settings = (bootId: string) => {
    const usual = virtualSettings(bootId)
    return { ...usual, edge: { ...usual.edge, limits: { ...usual.edge.limits, busyAfterMs: 0 } } }
  }
  const record = await runVirtual({ ...drill, plan, profile, seed: 2, settings })
  const slowest = record.levels.find(({ id }) => id === 'D3')!.latency.maxUs
  expect(slowest).toBeGreaterThan(33_000_000)
  expect(record.correctness).toMatchObject({ lost: 0, duplicates: 0, misordered: 0, stale: 0, notConverged: 0 })
})

it('a killed server comes back, and with it everybody', { timeout }, async () => {
  const record = await runVirtual({ ...drill, plan: { ...drillPlan, users: 30, workMs: 20_000, killAtMs: 9_000 } })
  expect(record.levels.find(({ id }) => id === 'D8')?.latency.count).toBe(1)
  expect(record.correctness).toMatchObject({ lost: 0, stale: 0, unauthorised: 0, notConverged: 0 })
})

it('a run ends, whatever strikes meanwhile', { timeout }, async () => {
  const record = await runVirtual({ ...drill, seed: 6, withFaults: true })
  expect(record.correctness.checked).toBeGreaterThan(100)
  expect(record.correctness).toMatchObject({ misordered: 0, unauthorised: 0 })
})
