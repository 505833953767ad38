/**
 * The timer wheel: what its users rely on (src/ports/timers.ts), at the places where a wheel may break.
 */
import { describe, expect, test } from 'vitest'
import { TimerWheel, tickMs } from '../../../src/runtime/timer-wheel.ts'
import { VirtualTime } from '../../support/virtual-time.ts'

const dayMs = 86_400_000

class Recorder {
  readonly kinds: number[] = []
  onTimer(kind: number): void {
    this.kinds.push(kind)
  }
}

class ManualClock {
  nowMs = 0
  monotonicMs(): number {
    return this.nowMs
  }
}

function setUp(startMs = 0) {
  const clock = new ManualClock()
  clock.nowMs = startMs
  const wheel = new TimerWheel(clock)
  const recorder = new Recorder()
  const advanceTo = (timeMs: number) => {
    clock.nowMs = timeMs
    wheel.advance(timeMs)
  }
  return { clock, wheel, recorder, advanceTo }
}

describe('a timer fires', () => {
  // Around each border between levels: 2^8, 2^16 and 2^24 ticks.
  const borders = [0, 1, 2 ** 8, 2 ** 16, 2 ** 24].flatMap((ticks) => [ticks - 1, ticks, ticks + 1])
  const delays = borders.filter((ticks) => ticks >= 0).map((ticks) => ticks * tickMs)
  test.each(delays)('not before its time and at its time: %i ms', (delayMs) => {
    const { wheel, recorder, advanceTo } = setUp(1_234_567)
    wheel.set(delayMs, recorder, 1)
    if (delayMs >= tickMs) advanceTo(1_234_567 + delayMs - 1)
    expect(recorder.kinds).toEqual([])
    advanceTo(1_234_567 + Math.max(delayMs, tickMs))
    expect(recorder.kinds).toEqual([1])
    expect(wheel.size).toBe(0)
  })

  test('never early when it is set between two ticks', () => {
    const { clock, wheel, recorder, advanceTo } = setUp()
    clock.nowMs = 9
    wheel.set(15, recorder, 1)
    advanceTo(23)
    expect(recorder.kinds).toEqual([])
    advanceTo(30)
    expect(recorder.kinds).toEqual([1])
  })

  test('by the time of its setting, also when the wheel was last advanced long ago', () => {
    const { clock, wheel, recorder, advanceTo } = setUp()
    clock.nowMs = 5_000
    wheel.set(100, recorder, 1)
    advanceTo(5_090)
    expect(recorder.kinds).toEqual([])
    advanceTo(5_100)
    expect(recorder.kinds).toEqual([1])
  })

  test('once, with the kind that was given', () => {
    const { wheel, recorder, advanceTo } = setUp()
    wheel.set(10, recorder, 7)
    wheel.set(20, recorder, 8)
    advanceTo(1_000)
    advanceTo(2_000)
    expect(recorder.kinds).toEqual([7, 8])
  })

  test('even beyond the span of the wheel, after the longest delay there is', () => {
    const { wheel, recorder, advanceTo } = setUp()
    wheel.set(10_000 * dayMs, recorder, 1)
    advanceTo(490 * dayMs)
    expect(recorder.kinds).toEqual([])
    advanceTo(500 * dayMs)
    expect(recorder.kinds).toEqual([1])
  })

  test('at its time on a server that has run for years', () => {
    const { wheel, recorder, advanceTo } = setUp()
    for (let years = 1; years <= 4; years++) {
      advanceTo(years * 365 * dayMs)
      wheel.set(300 * dayMs, recorder, years)
      wheel.set(32_000, recorder, years * 10)
      advanceTo(years * 365 * dayMs + 31_990)
      expect(recorder.kinds).toEqual([])
      advanceTo(years * 365 * dayMs + 32_000)
      expect(recorder.kinds).toEqual([years * 10])
      advanceTo((years * 365 + 300) * dayMs - 1)
      expect(recorder.kinds.length).toBe(1)
      advanceTo((years * 365 + 300) * dayMs)
      expect(recorder.kinds.splice(0)).toEqual([years * 10, years])
    }
  })
})

describe('the order of one tick', () => {
  test('is that of setting, whichever levels the timers came down from', () => {
    const { wheel, recorder, advanceTo } = setUp()
    const dueMs = 70_000 * tickMs
    wheel.set(dueMs, recorder, 1)
    advanceTo(60_000 * tickMs)
    wheel.set(dueMs - 60_000 * tickMs, recorder, 2)
    advanceTo(69_900 * tickMs)
    wheel.set(dueMs - 69_900 * tickMs, recorder, 3)
    advanceTo(dueMs - tickMs)
    wheel.set(tickMs, recorder, 4)
    advanceTo(dueMs)
    expect(recorder.kinds).toEqual([1, 2, 3, 4])
  })

  test('comes second to the tick itself', () => {
    const { wheel, recorder, advanceTo } = setUp()
    wheel.set(40, recorder, 2)
    wheel.set(20, recorder, 1)
    advanceTo(1_000)
    expect(recorder.kinds).toEqual([1, 2])
  })
})

describe('a target', () => {
  test('may set a timer; it never fires within the same tick', () => {
    const time = new VirtualTime()
    const firedMs: number[] = []
    const target = {
      onTimer(): void {
        firedMs.push(time.monotonicMs())
        if (firedMs.length < 4) time.timers.set(0, target, 0)
      },
    }
    time.timers.set(0, target, 0)
    time.advanceTo(1_000)
    expect(firedMs).toEqual([10, 20, 30, 40])
  })

  test('may cancel another of the same tick', () => {
    const { wheel, recorder, advanceTo } = setUp()
    const canceller = { onTimer: () => wheel.cancel(doomed) }
    wheel.set(20, canceller, 0)
    const doomed = wheel.set(20, recorder, 1)
    wheel.set(20, recorder, 2)
    advanceTo(20)
    expect(recorder.kinds).toEqual([2])
  })

  test('that throws loses its own timer only', () => {
    const { wheel, recorder, advanceTo } = setUp()
    const broken = {
      onTimer(): void {
        throw new Error('broken')
      },
    }
    wheel.set(20, broken, 0)
    wheel.set(20, recorder, 1)
    wheel.set(30, recorder, 2)
    expect(() => advanceTo(50)).toThrow('broken')
    expect(wheel.nextDueMs()).toBe(20)
    advanceTo(50)
    expect(recorder.kinds).toEqual([1, 2])
  })

  test('may not advance the wheel', () => {
    const { wheel, advanceTo } = setUp()
    wheel.set(20, { onTimer: () => wheel.advance(100) }, 0)
    expect(() => advanceTo(20)).toThrow('may not advance')
  })
})

describe('cancelling', () => {
  test('twice, or after it fired, does nothing', () => {
    const { wheel, recorder, advanceTo } = setUp()
    const handle = wheel.set(20, recorder, 1)
    wheel.set(20, recorder, 2)
    wheel.cancel(handle)
    wheel.cancel(handle)
    expect(wheel.size).toBe(1)
    advanceTo(20)
    wheel.cancel(handle)
    expect(recorder.kinds).toEqual([2])
    expect(wheel.size).toBe(0)
  })

  test('lets go of the target', () => {
    const { wheel, recorder } = setUp()
    const handle = wheel.set(20, recorder, 1)
    expect(handle.target).toBe(recorder)
    wheel.cancel(handle)
    expect(handle.target).toBeNull()
  })
})

describe('nextDueMs', () => {
  test('is infinite without timers, also after all are cancelled', () => {
    const { wheel, recorder } = setUp()
    expect(wheel.nextDueMs()).toBe(Number.POSITIVE_INFINITY)
    wheel.cancel(wheel.set(50_000, recorder, 1))
    expect(wheel.nextDueMs()).toBe(Number.POSITIVE_INFINITY)
  })

  test('is the time of the next timer when that is near', () => {
    const { wheel, recorder } = setUp(1_000)
    wheel.set(500, recorder, 1)
    wheel.set(200, recorder, 2)
    expect(wheel.nextDueMs()).toBe(1_200)
  })

  test('reaches a far timer in at most three steps that fire nothing', () => {
    const { wheel, recorder, advanceTo } = setUp()
    wheel.set(400 * dayMs, recorder, 1)
    let stepsCount = 0
    while (recorder.kinds.length === 0) {
      advanceTo(wheel.nextDueMs())
      stepsCount++
    }
    expect(stepsCount).toBeLessThanOrEqual(4)
  })
})

test('a clock that stands or goes back fires nothing and breaks nothing', () => {
  const { wheel, recorder, advanceTo } = setUp()
  advanceTo(1_000)
  wheel.set(100, recorder, 1)
  advanceTo(500)
  advanceTo(1_000)
  expect(recorder.kinds).toEqual([])
  advanceTo(1_100)
  expect(recorder.kinds).toEqual([1])
})

test('a delay that is no number from 0 is a fault of our own', () => {
  const { wheel, recorder } = setUp()
  expect(() => wheel.set(-1, recorder, 1)).toThrow('a delay is')
  expect(() => wheel.set(Number.NaN, recorder, 1)).toThrow('a delay is')
})
