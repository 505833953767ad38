/** The probe of the clocks of threads: a busy machine is no wrong clock, and a wrong clock is none of the machine. */
import { expect, it } from 'vitest'
import { clockReading, offsetUs } from '../../../sim/live/clock-probe.ts'

it.each([
  ['between asking and answer', { askedUs: 100, saidUs: 150, toldUs: 90_000 }, 0],
  ['ahead', { askedUs: 100, saidUs: 50_200, toldUs: 200 }, 50_000],
  ['behind', { askedUs: 50_100, saidUs: 100, toldUs: 50_200 }, -50_000],
])('%s', (_, asking, offset) => expect(offsetUs(asking)).toBe(offset))

it('is judged by the clock that is furthest off', () => {
  const right = { askedUs: 0, saidUs: 1, toldUs: 2 }
  expect(clockReading([right, right]).ok).toBe(true)
  expect(clockReading([right, { ...right, saidUs: 3_000 }])).toMatchObject({ ok: false, reading: '3.0 ms' })
})
