/**
 * Steal and clock steps, which make a report invalid (CAPACITY B.6).
 */
import { describe, expect, test } from 'vitest'
import { type HostSample, HostWatch, hostReadings } from '../../../sim/report-run/host-watch.ts'
import { loadWarnings } from '../../../sim/report-run/machine-load.ts'

/** A sample each 5 s; `stolen`: part of the time between a sample and the one before. */
function samples(stolen: readonly number[], offsets: readonly number[] = []): HostSample[] {
  const ticks = 1_000
  let sum = 0
  return [0, ...stolen].map((part, at) => {
    sum += part * ticks
    return { atMs: at * 5_000, offsetMs: offsets[at] ?? 0, stolen: sum, all: at * ticks }
  })
}

const okOf = (made: readonly HostSample[]) => hostReadings(made).map(({ ok }) => ok)
const quiet = Array.from({ length: 60 }, () => 0.01)

describe('steal', () => {
  test('of more than 5 % in any minute is not taken', () => {
    const minute = quiet.map((part, at) => (at >= 20 && at < 32 ? 0.08 : part))
    expect(okOf(samples(quiet))).toEqual([true, true])
    expect(hostReadings(samples(minute))[0]).toMatchObject({ ok: false, reading: '8.0 %' })
  })

  test('for a moment of a minute is', () => {
    expect(okOf(samples(quiet.map((part, at) => (at === 20 ? 0.4 : part))))[0]).toBe(true)
  })

  test('of a run that is shorter than a minute is judged by the whole of it', () => {
    expect(hostReadings(samples([0.1, 0.1, 0.1]))[0]).toMatchObject({ ok: false, reading: '10.0 %' })
  })
})

test('a clock that is set in mid-run is seen, one that drifts is not', () => {
  const drifting = Array.from({ length: quiet.length + 1 }, (_, at) => at * 3)
  const set = drifting.map((offsetMs, at) => offsetMs + (at < 20 ? 0 : 2_000))
  expect(okOf(samples(quiet, drifting))[1]).toBe(true)
  expect(okOf(samples(quiet, set))[1]).toBe(false)
})

test('on this machine there is something to read, or nothing is said', () => {
  const watch = new HostWatch()
  watch.start()
  const checks = watch.stop().map(({ check }) => check)
  expect([[], ['steal, worst minute', 'clock step']]).toContainEqual(checks)
})

test('other work before a run is a warning', () => {
  expect(loadWarnings(0.2, 2)).toEqual([])
  const [warning] = loadWarnings(17.9, 2)
  expect(warning).toContain('17.9 processes wanted its 2 cores before the run')
})
