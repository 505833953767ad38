/**
 * The console without a browser: what the charts show, and numbers as people read them.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAtLeast, type Summary } from '../../../src/web/console-model/answers.ts'
import { niceMax, type Point, pointsMax, polyline, withSummary } from '../../../src/web/console-model/history.ts'
import { boundWords, bytesWords, daysWords, numberWords, spanWords } from '../../../src/web/console-model/words.ts'

function summary(atMs: number, intervalSeconds = 2): Summary {
  return {
    version: '1',
    startedMs: 0,
    atMs,
    intervalSeconds,
    figures: {
      now: { users: 7 },
      perSecond: { 'messages delivered': 2, 'messages stored': 1, notifies: 5 },
      latencySeconds: {},
      waiting: {},
      workers: [],
    },
    store: { bytes: 1, writable: true, detail: '' },
    certificates: [],
  }
}

describe('the history', () => {
  it('has a point for each answer that says something new, and a bound', () => {
    let points: readonly Point[] = withSummary([], summary(1, 0))
    expect(points).toEqual([])
    for (let index = 0; index < pointsMax + 10; index++) points = withSummary(points, summary(index))
    expect([points.length, points.at(-1)]).toEqual([pointsMax, { atMs: 159, users: 7, messages: 3, notifies: 5 }])
    expect(withSummary(points, summary(159))).toBe(points)
  })
})

describe('a curve', () => {
  const box = { width: 300, height: 60 }

  it('stays in its box, ends at its right edge, and its scale is at or above every value', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: pointsMax })
    fc.assert(
      fc.property(values, (each) => {
        const places = polyline(each, box)
          .split(' ')
          .map((pair) => pair.split(',').map(Number))
        expect(places.at(-1)![0]).toBe(300)
        for (const [x, y] of places) {
          expect(x! >= 0 && x! <= 300.05).toBe(true)
          expect(y! >= 0 && y! <= 60).toBe(true)
        }
        expect(niceMax(each)).toBeGreaterThanOrEqual(Math.max(...each))
      }),
    )
  })

  it('of nothing is nothing', () => expect([polyline([], box), niceMax([])]).toEqual(['', 1]))
})

it('numbers are words', () => {
  expect([boundWords(null), boundWords('longer'), boundWords(0.05), boundWords(5)]).toEqual([
    '–',
    'longer',
    '50 ms',
    '5 s',
  ])
  expect([bytesWords(0), bytesWords(1_536), bytesWords(5_000_000)]).toEqual(['0 B', '1.5 KiB', '4.8 MiB'])
  expect([numberWords(3.25), numberWords(12_345.6)]).toEqual(['3.3', '12,346'])
  expect([spanWords(-1), spanWords(7_200_000), spanWords(9e8)]).toEqual(['0 min', '2 h', '10 days'])
  expect([null, -1, 1, 30].map(daysWords)).toEqual(['cannot be read', 'is over', '1 day left', '30 days left'])
})

it('roles are in order', () => {
  expect(isAtLeast('reader', 'operator')).toBe(false)
  expect(isAtLeast('administrator', 'operator')).toBe(true)
})
