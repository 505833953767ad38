/**
 * What limits a load: processor time told apart by operation, the laws that the instruments are held to, and the chain
 * from the fullest resource to the work.
 */
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../../sim/measure/run-record.ts'
import { judge } from '../../../sim/report/judge.ts'
import { lawReadings, transactionsPerSecond } from '../../../sim/report/laws.ts'
import { reportPage } from '../../../sim/report/page/page.ts'
import { operationCosts, workOf } from '../../../sim/report/work.ts'
import { Prng } from '../../../sim/world/prng.ts'
import { judgeInput, levelRecord, runRecord } from '../../support/run-records.ts'

const seconds = 600

function counters(work: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(work).flatMap(([name, time]) => [
      [`meridian_work_seconds_total{work="${name}"}`, time],
      [`meridian_work_pieces_total{work="${name}"}`, time * 20_000],
    ]),
  )
}

function withCounters(more: Readonly<Record<string, number>>, change: Partial<RunRecord> = {}): RunRecord {
  const run = runRecord(change)
  return { ...run, server: { ...run.server!, counters: more } }
}

const usual = counters({
  'bus.state': 2,
  'bus.send': 1,
  'response.NOTIFY': 0.5,
  'request.MESSAGE': 1,
  'request.PUBLISH': 0.5,
  timers: 1,
})
const fullCpu = withCounters(usual, {})

describe('processor time by operation', () => {
  it('adds up to what the server took, and follows the time of the pieces', () => {
    const costs = operationCosts(fullCpu)
    const { cpuUserUs, cpuSystemUs } = fullCpu.server!
    let [user, system] = [0, 0]
    for (const { id, count } of fullCpu.operations) {
      user += (costs.get(id)?.userUs ?? 0) * count
      system += (costs.get(id)?.systemUs ?? 0) * count
    }
    expect(user).toBeCloseTo(cpuUserUs, 3)
    expect(system).toBeCloseTo(cpuSystemUs, 3)
    expect([...costs.values()].reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
    const count = fullCpu.operations.find(({ id }) => id === 'notify')!.count
    // 3.5 of the 5 seconds that belong to an operation.
    expect(costs.get('notify')!.userUs).toBeCloseTo((cpuUserUs * 0.7) / count, 6)
  })

  it('typing notices that are MESSAGEs share with them by their number; as INFO they have their own', () => {
    const costs = operationCosts(fullCpu)
    expect(costs.get('typing')!.userUs).toBeCloseTo(costs.get('message')!.userUs, 9)
    const apart = operationCosts(withCounters({ ...usual, ...counters({ 'request.INFO': 0.1 }) }))
    expect(apart.get('typing')!.userUs).toBeLessThan(apart.get('message')!.userUs / 5)
  })

  it('is not told where the server does not say', () => {
    expect(operationCosts(runRecord()).size).toBe(0)
    expect(workOf(runRecord().server!)).toEqual([])
    const { operations } = judge(judgeInput())
    expect(operations[0]).toMatchObject({ cpuUserUs: null, cpuSystemUs: null, cpuShare: null, profileMs: null })
  })
})

describe('the laws', () => {
  const little = (error: number) => ({
    meridian_requests_ended_total: 60_000,
    meridian_request_seconds_total: 120,
    meridian_requests_under_way_seconds_total: 120 * (1 + error),
  })

  it('Little’s: requests under way are their rate times their time', () => {
    expect(lawReadings(withCounters(little(0.04))).filter(({ check }) => check.includes('Little'))).toMatchObject([
      { ok: true },
    ])
    expect(lawReadings(withCounters(little(-0.06))).filter(({ ok }) => !ok)).toMatchObject([
      { check: 'law: Little’s, of requests under way', reading: 'off by -6.0 %', limit: '± 5.0 %' },
    ])
  })

  it('make a report invalid where an instrument is wrong', () => {
    const { verdict, validity } = judge(judgeInput({ runs: { only: withCounters(little(0.5)) } }))
    expect(verdict.word).toBe('INVALID')
    expect(validity.filter(({ ok }) => !ok).map(({ check }) => check)).toEqual(['law: Little’s, of requests under way'])
  })

  it('utilisation: what a transaction takes in the first half explains the second', () => {
    const curve = (id: string, of: (at: number) => number) => {
      return { id, unit: '', t0Ms: 0, stepMs: 1_000, values: Array.from({ length: 900 }, (_, at) => of(at)) }
    }
    const half = (at: number) => (at < 600 ? 1 : 2)
    const both = [curve('server.cpu', (at) => 0.02 * half(at)), curve('rate.notify', (at) => 100 * half(at))]
    expect(lawReadings(runRecord({ series: both }))).toMatchObject([{ ok: true, reading: 'off by 0.0 %' }])
    const few = new Prng(1, 'few')
    const bursts = [both[0]!, curve('rate.notify', (at) => (few.float() < 0.02 ? 16 * half(at) : 0))]
    expect(lawReadings(runRecord({ series: bursts })).every(({ ok }) => ok)).toBe(true)
    const stuck = [curve('server.cpu', () => 0.02), both[1]!]
    expect(lawReadings(runRecord({ series: stuck }))).toMatchObject([{ ok: false, reading: 'off by -50.0 %' }])
  })

  it('demand: utilisation is transactions times demand, and the bound is that at the target', () => {
    const { bottleneck, resources } = judge(judgeInput())
    const perSecond = transactionsPerSecond(runRecord())
    expect(bottleneck.transactionsPerSecond).toBeCloseTo(perSecond, 5)
    expect(bottleneck.demands.map(({ resource }) => resource)).toContain('disk')
    for (const { resource, visits, serviceMs, demandMs, utilisation, boundPerSecond } of bottleneck.demands) {
      const { use, target, id } = resources.find(({ name }) => name === resource)!
      const units = id === 'cpu' ? 2 : 1
      expect(demandMs).toBeCloseTo(visits * serviceMs, 6)
      expect((perSecond * demandMs) / 1_000 / units).toBeCloseTo(utilisation, 6)
      expect(boundPerSecond / perSecond).toBeCloseTo(target / use.mid, 5)
    }
  })
})

describe('the chain', () => {
  const busy = { ...fullCpu.server!, cpuUserUs: 0.04 * seconds * 1e6, cpuSystemUs: 0.03 * seconds * 1e6 }

  it('goes from the processors to the operation and its largest piece, and says what comes next', () => {
    const { chain, next, work } = judge(judgeInput({ runs: { only: { ...fullCpu, server: busy } } })).bottleneck
    expect(chain[0]).toMatch(/^processors \d+ % of 70 %$/)
    expect(chain.slice(3, 5)).toEqual(['notify 58 % of the workers’ time', 'bus.state 33 %'])
    expect(next).toMatch(/^memory, .*: without processors as its limit the load could be [\d.]+ times the limit$/)
    expect(work[0]).toMatchObject({ work: 'bus.state', operation: 'notify', seconds: 2 })
  })

  it('names the slowest level of the middle run, whatever the pessimistic one shows', () => {
    const slow = runRecord({ label: 'emulated', levels: [levelRecord('D5', 5_000, 20_000)] })
    const mid = runRecord({ label: 'emulated', levels: [levelRecord('D3', 50, 20_000)] })
    const { chain } = judge(judgeInput({ runs: { mid, high: slow } })).bottleneck
    expect(chain.at(-1)).toMatch(/^slowest level: message, \d\d % of its limit$/)
  })

  it('stands on the page, with demands, costs and how they were got', () => {
    const page = reportPage(judge(judgeInput({ runs: { only: { ...fullCpu, server: busy } } })))
    for (const words of ['What one transaction asks of the profile', 'What the workers’ time goes to', 'bus.state'])
      expect(page).toContain(words)
    expect(page).toContain('Processor time is apportioned: user time by the time of the pieces')
    expect(page).toContain('read from an unthrottled server, which took 7 % of a core here')
    const emulated = reportPage(judge(judgeInput({ runs: { mid: { ...fullCpu, label: 'emulated' } } })))
    expect(emulated).toContain('read from the server held to the profile')
  })
})
