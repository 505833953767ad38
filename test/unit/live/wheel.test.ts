/** The alarms of simulated devices: each wakes once, not before its time, in order, and the last setting counts. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Wheel } from '../../../sim/users/wheel.ts'

it('wakes each thing in its millisecond, whatever the distance', () => {
  const delay = fc.oneof(fc.nat(300), fc.nat(70_000), fc.nat(400_000))
  const start = fc.oneof(fc.nat(1000), fc.integer({ min: 2 ** 40, max: 2 ** 40 + 2 ** 24 }))
  fc.assert(
    fc.property(start, fc.array(delay, { minLength: 1, maxLength: 20 }), (startMs, delays) => {
      const wheel = new Wheel(delays.length, startMs)
      let now = startMs
      const woken: [number, number][] = []
      for (const [thing, each] of delays.entries()) wheel.set(thing, startMs + each)
      const due = [...new Set(delays)].sort((one, other) => one - other).map((each) => startMs + Math.max(1, each))
      for (const at of due) {
        for (now of [at - 1, at]) wheel.advance(now, (thing) => woken.push([thing, now]))
      }
      const wanted = delays.map((each, thing) => [thing, startMs + Math.max(1, each)])
      expect(woken.sort(([one], [other]) => one - other)).toEqual(wanted)
    }),
    { numRuns: 30 },
  )
})

it('keeps one alarm a thing, and lets it be set while it wakes', () => {
  const wheel = new Wheel(2, 0)
  const woken: number[] = []
  wheel.set(0, 10)
  wheel.set(0, 400)
  wheel.set(1, 5)
  wheel.set(1, Number.POSITIVE_INFINITY)
  let times = 0
  wheel.advance(1_000, (thing) => {
    woken.push(thing)
    if (++times < 3) wheel.set(thing, 401)
  })
  expect(woken).toEqual([0, 0, 0])
})

it('wakes all of them when it is driven from one moment that it names to the next', () => {
  const delay = fc.oneof(fc.nat(300), fc.nat(70_000), fc.nat(2 ** 31))
  const start = fc.oneof(fc.nat(1000), fc.integer({ min: 2 ** 40, max: 2 ** 40 + 2 ** 24 }))
  fc.assert(
    fc.property(start, fc.array(delay, { minLength: 1, maxLength: 20 }), (startMs, delays) => {
      const wheel = new Wheel(delays.length, startMs)
      const wakes = delays.map((each) => startMs + Math.max(1, each))
      for (const [thing, atMs] of wakes.entries()) wheel.set(thing, atMs)
      const woken: number[] = []
      let looks = 0
      for (let now = startMs; woken.length < delays.length && looks < 2_000; looks++) {
        expect(wheel.nextMs).toBeGreaterThan(now)
        now = wheel.nextMs
        wheel.advance(now, (thing) => {
          expect(wakes[thing]).toBe(now)
          woken.push(thing)
        })
      }
      expect(woken).toHaveLength(delays.length)
    }),
    { numRuns: 100 },
  )
})
