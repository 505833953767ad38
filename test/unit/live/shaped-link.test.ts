/**
 * A link with a rate and a delay: in order, never faster than its rate, never sooner than its delay; and a whole run
 * through one, where no answer comes before a round trip has passed.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drillOptions } from '../../../sim/live/drill-options.ts'
import { drive } from '../../../sim/live/drive.ts'
import { ShapedLink } from '../../../sim/live/shaped-link.ts'
import { LatencyHistogram } from '../../../sim/measure/latency-histogram.ts'

/** Timers of whole milliseconds in a time that a test moves. */
function madeTime() {
  let nowMs = 0
  const due: { atMs: number; run: () => void }[] = []
  return {
    nowMs: () => nowMs,
    after: (ms: number, run: () => void) => void due.push({ atMs: nowMs + ms, run }),
    goTo(untilMs: number) {
      for (;;) {
        const next = due.toSorted((a, b) => a.atMs - b.atMs)[0]
        if (!next || next.atMs > untilMs) break
        due.splice(due.indexOf(next), 1)
        nowMs = next.atMs
        next.run()
      }
      nowMs = untilMs
    },
  }
}

it('keeps the order, the rate and the delay, and loses nothing', () => {
  const parcels = fc.array(fc.record({ waitMs: fc.nat(20), bytes: fc.integer({ min: 1, max: 4_000 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  fc.assert(
    fc.property(parcels, fc.integer({ min: 20_000, max: 12_500_000 }), fc.nat(40), (all, bytesPerSecond, delayMs) => {
      const time = madeTime()
      const link = new ShapedLink({ bytesPerSecond, delayMs }, time)
      const arrived: { index: number; atMs: number }[] = []
      let atMs = 0
      const sentMs = all.map(({ waitMs, bytes }, index) => {
        atMs += waitMs
        time.goTo(atMs)
        link.carry(bytes, () => void arrived.push({ index, atMs: time.nowMs() }))
        return atMs
      })
      time.goTo(atMs + 100_000)
      expect(arrived.map(({ index }) => index)).toEqual(all.map((_, index) => index))
      expect(link.underWay).toBe(0)
      let carried = 0
      for (const [index, { atMs: cameMs }] of arrived.entries()) {
        carried += all[index]!.bytes
        // By half a millisecond, what a timer is taken for.
        expect(cameMs + 0.5).toBeGreaterThanOrEqual(sentMs[index]! + delayMs)
        expect(cameMs + 0.5 - delayMs - sentMs[0]!).toBeGreaterThanOrEqual((carried / bytesPerSecond) * 1_000)
      }
    }),
  )
})

it('a link that is free hands on what is due within half a millisecond at once', () => {
  const time = madeTime()
  const link = new ShapedLink({ bytesPerSecond: 12_500_000, delayMs: 0.25 }, time)
  let came = 0
  link.carry(600, () => came++)
  expect(came).toBe(1)
})

it('no answer comes before a round trip has passed', { timeout: 120_000 }, async () => {
  const link = { bytesPerSecond: 12_500_000, delayMs: 60 }
  const options = drillOptions({ plan: { users: 10, workMs: 4_000, messagesPerSecond: 8 } })
  const driven = await drive({ ...options, target: 'null-server', link })
  if (!driven.ok) throw new Error(driven.message)
  const answered = driven.record.levels.find(({ id }) => id === 'D4')
  expect(answered?.latency.count).toBeGreaterThan(0)
  expect(driven.record.correctness).toMatchObject({ lost: 0, misordered: 0, duplicates: 0 })
  expect(LatencyHistogram.of(answered!.service).percentileUs(0.01)).toBeGreaterThan(119_000)
})
