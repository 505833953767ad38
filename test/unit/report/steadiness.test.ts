/**
 * When a window is steady: slopes, memory after collections, queues, and what was served of what was offered.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunRecord, Series } from '../../../sim/measure/run-record.ts'
import { steadinessReadings } from '../../../sim/report/steadiness.ts'
import { chanceOfRise, theilSen } from '../../../sim/report/trend.ts'
import { Prng } from '../../../sim/world/prng.ts'
import { levelRecord, runRecord } from '../../support/run-records.ts'

/** Of the made-up run: 300 s of warming up, then 600 s that count. */
function curve(id: string, valueAt: (second: number) => number | null): Series {
  return { id, unit: '', t0Ms: 0, stepMs: 1_000, values: Array.from({ length: 960 }, (_, at) => valueAt(at)) }
}

function found(change: Partial<RunRecord>): Record<string, boolean> {
  const run = runRecord({ series: [], levels: [], ...change })
  return Object.fromEntries(steadinessReadings(run).map(({ check, ok }) => [check, ok]))
}

const random = new Prng(3, 'noise')
const noises = Array.from({ length: 960 }, () => random.float() - 0.5)
const noise = (at: number) => noises[at]!

describe('slope of Theil and Sen', () => {
  const evenly = (values: readonly number[]) => values.map((value, at) => ({ at, value }))

  it('is not moved by outliers', () => {
    expect(theilSen(evenly([1, 2, 3, 1_000, 5, 6]))).toBeCloseTo(1)
    expect(theilSen(evenly([4]))).toBe(0)
  })

  it('is that of a line, whatever is left out of it', () => {
    const some = fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 3 })
    fc.assert(
      fc.property(some, fc.integer({ min: -9, max: 9 }), (moments, slope) => {
        expect(theilSen(moments.map((at) => ({ at, value: 7 + slope * at })))).toBeCloseTo(slope, 9)
      }),
    )
  })
})

describe('test of Kendall', () => {
  it('has the published chances: 8 of 8 in order 0.0009, without a trend a half', () => {
    expect(chanceOfRise([1, 2, 3, 4, 5, 6, 7, 8])).toBeCloseTo(0.0004, 3)
    expect(chanceOfRise([8, 7, 6, 5, 4, 3, 2, 1])).toBeGreaterThan(0.99)
    expect(chanceOfRise([5, 5, 5, 5, 5, 5])).toBe(1)
    expect(chanceOfRise([1, 2, 1, 2, 1, 2, 1, 1])).toBeGreaterThan(0.3)
  })

  it('sees a rise by chance in about one of twenty shuffled rows', () => {
    let seen = 0
    for (let row = 0; row < 2_000; row++) {
      const random = new Prng(row, 'row')
      if (chanceOfRise(Array.from({ length: 24 }, () => random.float())) <= 0.05) seen++
    }
    expect(seen / 2_000).toBeGreaterThan(0.03)
    expect(seen / 2_000).toBeLessThan(0.07)
  })
})

describe('a window', () => {
  it('is steady where nothing moves but by chance', () => {
    const series = [
      curve('server.cpu', (at) => 0.02 * (1 + noise(at))),
      curve('server.waiting', (at) => (at % 10 === 0 ? Math.round(4 + 4 * noise(at)) : null)),
      curve('server.heap', (at) => (at % 10 === 0 ? 80e6 * (1 + 0.01 * noise(Math.floor(at / 50))) : null)),
    ]
    expect(found({ series, levels: [levelRecord('D4', 3, 2_000)] })).toEqual({
      'steady: CPU over the window': true,
      'steady: memory after collections over the window': true,
      'steady: requests and NOTIFYs that wait': true,
      'steady: served of what was offered': true,
    })
  })

  it('is not where memory after collections grows by more than a hundredth', () => {
    const heap = (part: number) => [curve('server.heap', (at) => 80e6 * (1 + (part * (at - 300)) / 600))]
    expect(Object.values(found({ series: heap(0.05) }))).toEqual([false])
    expect(Object.values(found({ series: heap(0.005) }))).toEqual([true])
  })

  it('has a slope by chance in few windows of few messages', () => {
    let unsteady = 0
    for (let seed = 0; seed < 100; seed++) {
      const drawn = new Prng(seed, 'messages')
      const series = [curve('rate.message', () => (drawn.float() < 0.4 ? 1 : 0))]
      if (Object.values(found({ series })).includes(false)) unsteady++
    }
    expect(unsteady).toBeLessThan(8)
  })

  it('says that memory was not judged where it was hardly collected', () => {
    const series = [curve('server.heap', (at) => (at < 600 ? 80e6 : 90e6))]
    const [reading] = steadinessReadings(runRecord({ series, levels: [] }))
    expect(reading).toMatchObject({ reading: 'not judged: 2 readings', ok: true })
  })

  it('is not where a queue grows, live or in virtual time', () => {
    for (const id of ['server.waiting', 'backlog']) {
      const growing = [curve(id, (at) => at / 20 + 4 * noise(at))]
      expect(Object.values(found({ series: growing })), id).toEqual([false])
      const hardly = [curve(id, (at) => at / 2_000)]
      expect(Object.values(found({ series: hardly })), id).toEqual([true])
    }
  })

  it('is not where one of a hundred is not answered', () => {
    const level = (failures: number) => [levelRecord('D4', 3, 1_000 - failures, { failures })]
    expect(found({ levels: level(10) })).toEqual({ 'steady: served of what was offered': false })
    expect(found({ levels: level(4) })).toEqual({ 'steady: served of what was offered': true })
  })

  it('ends where it ends, not with the curve: afterwards nobody asks for anything', () => {
    const series = [curve('rate.message', (at) => (at < 900 ? 50 : 0))]
    expect(found({ series })).toEqual({ 'steady: messages over the window': true })
  })
})
