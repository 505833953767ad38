/**
 * Little's law of the requests under way: the number under way summed over time is the sum of the times of those that
 * ended, once all have.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RequestTimes } from '../../../src/edge/request-times.ts'
import { MetricsRegistry } from '../../../src/runtime/metrics.ts'

it('both counts agree, in whatever order requests begin and end', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ wait: fc.nat(500), isEnd: fc.boolean() }), { maxLength: 60 }), (steps) => {
      let nowMs = 1_000
      const metrics = new MetricsRegistry()
      const clock = { monotonicMs: () => nowMs, wallMs: () => nowMs, systemMs: () => nowMs }
      const times = new RequestTimes(clock, metrics)
      const begun: number[] = []
      for (const { wait, isEnd } of steps) {
        nowMs += wait
        if (!isEnd) begun.push(times.begun())
        else if (begun.length > 0) times.ended(begun.shift()!)
      }
      const count = begun.length
      for (const ms of begun) times.ended(ms)
      const value = (name: string) => metrics.snapshot().find((each) => each.name === name)!.value
      const sum = value('meridian_request_seconds_total')
      expect(value('meridian_requests_under_way_seconds_total')).toBeCloseTo(sum, 6)
      expect(value('meridian_requests_ended_total')).toBeGreaterThanOrEqual(count)
    }),
  )
})
