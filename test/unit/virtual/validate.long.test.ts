/**
 * The virtual driver is held against live runs (CAPACITY H.4): what is within its bounds, what is not, and of what
 * there was too little to say; the command runs both and says so.
 */
import { expect, it } from 'vitest'
import { drillPlan } from '../../../sim/live/drill-population.ts'
import type { RunRecord } from '../../../sim/measure/run-record.ts'
import { compareDrivers } from '../../../sim/validate/compare-drivers.ts'
import { runVirtual } from '../../../sim/virtual/run-virtual.ts'
import { run } from '../../../src/cli/sim/validate.ts'
import { silentIo } from '../../support/command-line.ts'

const timeout = 180_000

async function drilled(): Promise<RunRecord> {
  return runVirtual({
    plan: { ...drillPlan, users: 30, contacts: 5, workMs: 20_000, messagesPerSecond: 30, publishesPerSecond: 20 },
    windows: { warmUpMs: 3_000, measureMs: 17_000 },
    ...{ preset: 'drill', quick: true, parameters: {}, plannedRates: [], seed: 7, lists: true },
    ...{ profile: null, bound: 'mid', workers: 2, withFaults: false },
  })
}

it('a run is what it predicts of itself, and not what another took', { timeout }, async () => {
  const record = await drilled()
  const same = compareDrivers(record, record)
  expect(same.every(({ isOk }) => isOk)).toBe(true)
  expect(same.filter(({ ratio }) => ratio === 1).map(({ what }) => what)).toEqual(
    expect.arrayContaining(['processor time', 'commits', 'memory', 'notify', 'message', 'D3 p95']),
  )
  expect(same.find(({ what }) => what === 'subscribe')).toMatchObject({ ratio: null, isOk: true })
  const { cpuUserUs, cpuSystemUs, commits } = record.server!
  const server = { ...record.server!, cpuUserUs: cpuUserUs * 1.3, cpuSystemUs: cpuSystemUs * 1.3, commits: commits / 2 }
  const other = compareDrivers(record, { ...record, server })
  expect(other.filter(({ isOk }) => !isOk).map(({ what }) => what)).toEqual(['processor time', 'commits'])
})

it('one load is run by both drivers', { timeout }, async () => {
  const options = { users: '20', loads: ['steady-hour'], measure: '20' }
  const outcome = await run({ arguments: [], options, io: silentIo('.') })
  expect(outcome.error).toBeNull()
  expect([0, 1, 3]).toContain(outcome.exitCode)
  const { loads } = outcome.value as { loads: { readings: { what: string; observed: number; predicted: number }[] }[] }
  expect(loads.length).toBe(1)
  for (const what of ['processor time', 'memory']) {
    const reading = loads[0]!.readings.find((each) => each.what === what)!
    expect(Math.min(reading.observed, reading.predicted), what).toBeGreaterThan(0)
  }
  expect(outcome.text).toMatch(/processor time +\d/)
})

it.each([
  [{ users: 'many' }, '--users'],
  [{ loads: ['monday'] }, '--loads monday: there are steady-hour'],
])('%j is refused: %s', async (options, words) => {
  const outcome = await run({ arguments: [], options, io: silentIo('.') })
  expect(outcome).toMatchObject({ exitCode: 64, error: expect.stringContaining(words) })
})
