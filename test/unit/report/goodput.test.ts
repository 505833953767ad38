/**
 * D10: what is served at three times the limit, of what is served at the limit; and how a report judges a load that is
 * meant to be too much.
 */
import { describe, expect, it } from 'vitest'
import { runSummary } from '../../../sim/live/run-text.ts'
import { goodputOf, servedCurves } from '../../../sim/measure/goodput.ts'
import { judge } from '../../../sim/report/judge.ts'
import { chartsOf } from '../../../sim/report/page/charts-of.ts'
import { holdsOf } from '../../../sim/workload/holds.ts'
import { findPreset } from '../../../sim/workload/presets/all-presets.ts'
import { makeWorkload } from '../../../sim/workload/workload.ts'
import { judgeInput, levelRecord, runRecord } from '../../support/run-records.ts'

const workload = makeWorkload({ preset: findPreset('overload')!, parameters: { users: 600, rampPerSecond: 10 } })
const holds = holdsOf(workload)

function served(of: (share: number) => number, speed = 1) {
  const length = Math.ceil(workload.plan.durationMs / 1_000 / speed)
  const values = Array.from({ length }, (_, at) => {
    const hold = holds.find(({ fromMs, toMs }) => at * 1_000 * speed >= fromMs && at * 1_000 * speed < toMs)
    // While users come nothing counts, however much it is.
    return hold ? of(hold.share * 3) : 1e6
  })
  return { id: 'served', unit: '1/s', t0Ms: 0, stepMs: 1_000, values }
}

describe('steps of a load', () => {
  it('are held from when all of one have come to the next', () => {
    expect(holds.map(({ share }) => Number((share * 3).toFixed(6)))).toEqual([0.5, 1, 1.5, 2, 3])
    for (const { fromMs, toMs } of holds) expect(toMs - fromMs).toBe(180_000)
    expect(holds[0]).toMatchObject({ fromMs: 10_000 })
    expect(holds.at(-1)!.toMs).toBe(workload.plan.durationMs)
  })

  it('there are none of a load of one size', () => {
    expect(holdsOf(makeWorkload({ preset: findPreset('steady-hour')! }))).toEqual([])
  })
})

describe('goodput', () => {
  it('is what is served at most, of that at the limit, at any speed', () => {
    for (const speed of [1, 4]) {
      const found = goodputOf(
        holds,
        3,
        [served((load) => 100 * Math.min(load, 1.2) - (load === 3 ? 30 : 0), speed)],
        speed,
      )
      expect(found?.ratio).toBeCloseTo(0.9)
      expect(found?.steps.map(({ load, servedPerSecond }) => [load, Math.round(servedPerSecond)])).toEqual([
        [0.5, 50],
        [1, 100],
        [1.5, 120],
        [2, 120],
        [3, 90],
      ])
    }
  })

  it('is not known of a run that ended before its last step, or at no load at all', () => {
    const whole = served(() => 100)
    expect(goodputOf(holds, 3, [{ ...whole, values: whole.values.slice(0, 500) }], 1)).toBeNull()
    expect(goodputOf(holds, 3, [served(() => 0)], 1)).toBeNull()
    expect(goodputOf(holds, 3, [], 1)).toBeNull()
    expect(goodputOf([], 3, [whole], 1)).toBeNull()
  })

  it('counts what users have of it, in all and by kind', () => {
    const sparse = levelRecord('D4', 3, 10).latency
    const levels = { D1: sparse, D2: sparse, D3: sparse, D4: sparse, D5: sparse, D7: sparse }
    const states = { due: 7, toldInTime: 6 }
    const other = { levels: { D1: sparse }, states: { due: 1, toldInTime: 0 } }
    expect(servedCurves([{ levels, states }, other])).toEqual([
      ['served', 50],
      ['served.sign-ins', 20],
      ['served.messages', 10],
      ['served.presence', 20],
      ['states.due', 8],
      ['states.in-time', 6],
    ])
  })

  describe('of presence', () => {
    /** At the limit 100 devices that are told 90 of 100 states; at three times so many, and so many of those due. */
    function presence(at3: { devices: number; due: number; inTime: number }) {
      const curve = (id: string, limit: number, most: number) => ({
        ...served((load) => (load === 3 ? most : limit)),
        id,
      })
      const curves = [
        served(() => 100),
        curve('served.presence', 50, 25),
        curve('registered', 100, at3.devices),
        curve('states.due', 100, at3.due),
        curve('states.in-time', 90, at3.inTime),
      ]
      return goodputOf(holds, 3, curves, 1)?.kinds?.find(({ kind }) => kind === 'presence')
    }

    it('is what each device was told of what was due to it: fewer contacts there are no fault of the server', () => {
      const found = presence({ devices: 100, due: 60, inTime: 54 })
      expect(found?.ratio).toBeCloseTo(1)
      expect(found?.perSecond).toEqual([50, 50, 50, 50, 25])
      expect(found?.watched?.at(-1)).toEqual({ devices: 100, duePerSecond: 60, inTimePerSecond: 54 })
    })

    it('is less where what was due came late, or not at all', () => {
      expect(presence({ devices: 100, due: 60, inTime: 27 })?.ratio).toBeCloseTo(0.5)
    })

    it('is less where fewer devices are there than at the limit, and no more where there are more', () => {
      expect(presence({ devices: 50, due: 60, inTime: 54 })?.ratio).toBeCloseTo(0.5)
      expect(presence({ devices: 200, due: 60, inTime: 54 })?.ratio).toBeCloseTo(1)
    })

    it('is plain numbers where a record does not say what was due', () => {
      const curves = [served(() => 100), { ...served((load) => (load === 3 ? 40 : 50)), id: 'served.presence' }]
      expect(goodputOf(holds, 3, curves, 1)?.kinds).toMatchObject([{ kind: 'presence', ratio: 0.8 }])
    })
  })

  it('is of each kind too: one that starves is seen though all together do as much as ever', () => {
    const messages = { ...served((load) => (load === 3 ? 1 : 10)), id: 'served.messages' }
    const presence = { ...served(() => 90), id: 'served.presence' }
    const none = { ...served(() => 0), id: 'served.sign-ins' }
    const found = goodputOf(holds, 3, [served(() => 100), messages, presence, none], 1)
    expect(found?.ratio).toBe(1)
    expect(found?.kinds).toEqual([
      { kind: 'messages', perSecond: [10, 10, 10, 10, 1], ratio: 0.1 },
      { kind: 'presence', perSecond: [90, 90, 90, 90, 90], ratio: 1 },
    ])
  })
})

describe('a report of an overload', () => {
  const run = (ratio: number, change: Parameters<typeof runRecord>[0] = {}) => {
    const { server: _s, ...record } = runRecord({
      preset: 'overload',
      goodput: { steps: [{ load: 3, servedPerSecond: 1 }], ratio },
      ...change,
    })
    return judge(judgeInput({ runs: { only: record } }))
  }

  it('fits where the goodput holds, and not where it does not', () => {
    expect(run(0.92).verdict.word).toBe('fits')
    const { verdict, budgets } = run(0.85)
    expect(verdict).toMatchObject({ word: 'does-not-fit', limitedBy: 'overload-goodput' })
    expect(budgets).toMatchObject([{ id: 'overload-goodput', reading: 0.85, limit: 0.9, ok: false }])
  })

  it('has the curves of offered load against what is served, by kind, and of presence that was due', () => {
    const kinds = [
      { kind: 'messages', perSecond: [1, 2], ratio: 2 },
      {
        kind: 'presence',
        perSecond: [3, 4],
        ratio: 0.9,
        watched: [
          { devices: 10, duePerSecond: 5, inTimePerSecond: 4.5 },
          { devices: 12, duePerSecond: 4, inTimePerSecond: 3.5 },
        ],
      },
    ] as const
    const steps = [
      { load: 1, servedPerSecond: 4 },
      { load: 3, servedPerSecond: 6 },
    ]
    const { server: _s, ...record } = runRecord({ preset: 'overload', goodput: { steps, ratio: 1.5, kinds } })
    const report = judge(judgeInput({ runs: { only: record } }))
    const [served, presence, ...others] = chartsOf(report).filter(({ id }) => id.startsWith('goodput'))
    expect(others).toEqual([])
    expect(served!.lines).toEqual([
      {
        name: 'all',
        points: [
          [1, 4],
          [3, 6],
        ],
      },
      {
        name: 'messages',
        points: [
          [1, 1],
          [3, 2],
        ],
      },
      {
        name: 'presence',
        points: [
          [1, 3],
          [3, 4],
        ],
      },
    ])
    expect(presence!.lines.map(({ name, points }) => [name, points.map(([, y]) => y)])).toEqual([
      ['due', [5, 4]],
      ['told in time', [4.5, 3.5]],
    ])
    expect(runSummary(record)).toMatch(/states due +5\.00 +4\.00\n +told within 5 s +90\.0 % +87\.5 %\n +devices/)
  })

  it('has no such curves of a load of one size', () => {
    const report = judge(judgeInput({ runs: { only: runRecord() } }))
    expect(report.goodput).toBeNull()
    expect(chartsOf(report).some(({ id }) => id.startsWith('goodput'))).toBe(false)
  })

  it('does not fit where one kind starves', () => {
    const kinds = [{ kind: 'sign-ins', perSecond: [1, 0.5], ratio: 0.5 }] as const
    const { verdict } = run(0.97, { goodput: { steps: [{ load: 3, servedPerSecond: 1 }], ratio: 0.97, kinds } })
    expect(verdict).toMatchObject({ word: 'does-not-fit', limitedBy: 'overload-goodput-sign-ins' })
  })

  it('takes 503 for work that was shed, and judges messages that were let in', () => {
    const level = (causes: Readonly<Record<string, number>>) =>
      levelRecord('D3', 3, 10_000, { failures: Object.values(causes).reduce((sum, each) => sum + each, 0), causes })
    const slow = levelRecord('D5', 5_000, 20_000)
    expect(run(0.95, { levels: [level({ 503: 4_000 }), slow] }).verdict.word).toBe('fits')
    const { levels, verdict } = run(0.95, { levels: [level({ 503: 4_000, timeout: 30 }), slow] })
    expect(levels).toMatchObject([{ id: 'D3', failures: 30, ok: false }])
    expect(verdict.word).toBe('does-not-fit')
  })
})
