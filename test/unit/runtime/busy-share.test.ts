/**
 * How busy a worker says that it is (P5): what the loop counted, smoothed, whatever the samples are.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BusyShare } from '../../../src/runtime/busy-share.ts'

function loop() {
  const times = { idle: 7_000, active: 3_000 }
  const busy = new BusyShare(() => ({ ...times }))
  /** So long, in samples of a turn of the timers. */
  const run = (ms: number, share: number, turnMs = 10) => {
    for (let passed = 0; passed < ms; passed += turnMs) {
      times.active += turnMs * share
      times.idle += turnMs * (1 - share)
      busy.look()
    }
  }
  return { busy, run }
}

it('what was before it was made does not count', () => {
  expect(loop().busy.share).toBe(0)
})

it('follows what the loop does within some seconds, and a short burst is no storm', () => {
  const { busy, run } = loop()
  run(300, 1)
  expect(busy.share).toBeLessThan(0.5)
  run(3_000, 1)
  expect(busy.share).toBeGreaterThan(0.9)
  run(5_000, 0.2)
  expect(busy.share).toBeCloseTo(0.2, 1)
})

it('one turn of seconds counts for all of them', () => {
  const { busy, run } = loop()
  run(4_000, 1, 4_000)
  expect(busy.share).toBeGreaterThan(0.9)
})

it('is between 0 and 1 always', () => {
  const phases = fc.array(fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.double({ min: 0, max: 1, noNaN: true })))
  fc.assert(
    fc.property(phases, (parts) => {
      const { busy, run } = loop()
      for (const [ms, share] of parts) {
        run(ms, share, 50)
        expect(busy.share).toBeGreaterThanOrEqual(0)
        expect(busy.share).toBeLessThanOrEqual(1.000001)
      }
    }),
    { numRuns: 100 },
  )
})
