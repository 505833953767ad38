/**
 * The cost model is fitted: costs that made up the processor time of runs are found again, none is negative, and what
 * tells nothing is refused. The model that ships was fitted.
 */
import { expect, it } from 'vitest'
import { readCostModel } from '../../../sim/cost/cost-model.ts'
import { fitCosts } from '../../../sim/cost/fit-costs.ts'
import { nonNegativeLeastSquares } from '../../../sim/cost/non-negative.ts'
import { type OperationId, operationIds, type RunRecord } from '../../../sim/measure/run-record.ts'
import { Findings } from '../../../sim/verify/findings.ts'

const before = readCostModel()
const origin = { commit: 'abc', fittedAt: '2026-01-01' }

/** A run of 10 s that took what its operations take, and half a second of compiling. */
function liveRun(
  counts: Partial<Record<OperationId, number>>,
  costUs: Partial<Record<OperationId, number>>,
): RunRecord {
  const operations = operationIds.map((id) => ({ id, count: counts[id] ?? 0, bytesIn: 0, bytesOut: 0 }))
  const workUs = operations.reduce((sum, { id, count }) => sum + count * (costUs[id] ?? 0), 0)
  const isBusy = workUs > 0 ? 500_000 : 0
  return {
    schema: 'meridian-run/1',
    driver: 'live',
    label: 'measured',
    preset: 'made',
    quick: true,
    users: 100,
    seed: 1,
    modelVersion: 1,
    parameters: { devices: 1, contacts: 10 },
    transport: 'tcp',
    windows: { warmUpMs: 0, measureMs: 10_000 },
    levels: [],
    operations,
    server: {
      name: 'meridian',
      version: '1',
      cpuUserUs: workUs + isBusy + 200_000,
      cpuSystemUs: workUs / 5,
      threads: [],
      residentBaseBytes: 100e6,
      residentBytes: 110e6,
      residentMaxBytes: 110e6,
      writtenBytes: 0,
      storeBytes: 0,
      commits: 0,
      writes: 0,
      counters: {},
    },
    series: [],
    correctness: { ...new Findings().toRecord(), checked: 1 },
    validity: [],
    rates: [],
  }
}

it('finds the costs again that the runs were made of', () => {
  const costUs = { publish: 900, notify: 150, message: 400 } as const
  const runs = [
    {},
    { publish: 1_000 },
    { publish: 3_000, notify: 1_000 },
    { notify: 20_000 },
    { notify: 5_000, message: 1_000 },
    { message: 6_000 },
    { message: 3_000, publish: 2_000 },
  ].map((counts) => liveRun(counts, costUs))
  const model = fitCosts(runs, before, origin)!
  expect(model).toMatchObject({ ...origin, runs: runs.length })
  expect(model.rSquared.user).toBeGreaterThan(0.98)
  const { received, sent } = model
  const found = {
    publish: received.PUBLISH.userUs + sent.answer.userUs,
    notify: sent.NOTIFY.userUs + received.answer.userUs,
    message: received.MESSAGE.userUs + sent.MESSAGE.userUs + received.answer.userUs + sent.answer.userUs,
  }
  for (const kind of ['publish', 'notify', 'message'] as const) {
    expect(found[kind] / costUs[kind]).toBeGreaterThan(0.9)
    expect(found[kind] / costUs[kind]).toBeLessThan(1.1)
  }
})

it('has no negative cost, where a plain fit would have one', () => {
  const rows = [
    { features: [1, 1], target: 1, weight: 1 },
    { features: [1, 2], target: 0.5, weight: 1 },
  ]
  const [one, other] = nonNegativeLeastSquares(rows, 2, 1e-6)
  expect(one).toBeCloseTo(0.75, 3)
  expect(other).toBe(0)
})

it('records without a server, or of virtual runs, are not taken', () => {
  const { server, ...blind } = liveRun({ message: 10 }, {})
  expect(fitCosts([blind, { ...liveRun({ message: 10 }, {}), driver: 'virtual' }], before, origin)).toBeNull()
})

it('the model that ships was fitted to live runs', () => {
  expect(before.runs).toBeGreaterThanOrEqual(20)
  expect(before.commit).toMatch(/^[0-9a-f]{7,}$/)
})
