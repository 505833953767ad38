/**
 * The promise of the histogram: a percentile is right to one part in 1,024, sums are the sums of their parts, and what
 * is cut off is counted.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LatencyHistogram, MAX_US } from '../../sim/measure/latency-histogram.ts'

const values = fc.array(fc.integer({ min: 0, max: MAX_US }), { minLength: 1, maxLength: 200 })

test('a percentile is the value of that rank, to one part in 1,024', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percent) => {
      const histogram = new LatencyHistogram()
      for (const each of all) histogram.record(each)
      const sorted = all.toSorted((a, b) => a - b)
      const exact = sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1]!
      const told = histogram.percentileUs(percent)
      expect(told).toBeGreaterThanOrEqual(exact)
      expect(told - exact).toBeLessThanOrEqual(exact / 1024)
    }),
  )
})

test('parts that are added give the histogram of the whole', () => {
  fc.assert(
    fc.property(values, values, (some, others) => {
      const whole = new LatencyHistogram()
      const part = new LatencyHistogram()
      const sum = new LatencyHistogram()
      for (const each of [...some, ...others]) whole.record(each)
      for (const each of some) sum.record(each)
      for (const each of others) part.record(each)
      sum.add(part.toSparse())
      expect(sum.toSparse()).toEqual(whole.toSparse())
      expect(LatencyHistogram.of(whole.toSparse()).toSparse()).toEqual(whole.toSparse())
    }),
  )
})

test('what lies beyond the last edge is counted as clipped, and its size is told', () => {
  const histogram = new LatencyHistogram()
  histogram.record(MAX_US + 5)
  histogram.record(-3)
  expect(histogram.toSparse()).toMatchObject({ count: 2, clipped: 1, maxUs: MAX_US + 5 })
  expect(histogram.percentileUs(50)).toBe(0)
})
