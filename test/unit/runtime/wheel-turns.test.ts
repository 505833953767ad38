/**
 * When the wheel of timers is looked at: when something is due, soon after work, and else hardly ever.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WheelTurns } from '../../../src/runtime/wheel-turns.ts'

describe('turns of the wheel', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function world() {
    const seen = { lateMs: [] as number[], turns: 0, restedMs: 0 }
    const wheel = new WheelTurns({
      monotonicMs: () => performance.now(),
      restedMs: () => seen.restedMs,
      onLook: (lateMs) => void seen.lateMs.push(lateMs),
      run: (timers) => timers(),
      onTurn: () => void seen.turns++,
    })
    const fired: number[] = []
    const setAt = (delayMs: number) => {
      const dueMs = performance.now() + delayMs
      wheel.set(delayMs, { onTimer: () => void fired.push(performance.now() - dueMs) }, 0)
    }
    wheel.start()
    return { wheel, seen, fired, setAt }
  }

  it('are a handful in an idle minute', () => {
    const { wheel, seen } = world()
    vi.advanceTimersByTime(60_000)
    expect(seen.turns).toBeLessThanOrEqual(61)
    expect(seen.turns).toBeGreaterThanOrEqual(55)
    wheel.stop()
  })

  it('come when a timer is due: never before, and within two ticks of the wheel', () => {
    const { wheel, fired, setAt } = world()
    const delaysMs = [0, 3, 10, 95, 500, 2_560, 7_777, 32_000, 700_000]
    for (const delayMs of delaysMs) setAt(delayMs)
    vi.advanceTimersByTime(701_000)
    expect(fired.length).toBe(delaysMs.length)
    for (const lateMs of fired) {
      expect(lateMs).toBeGreaterThanOrEqual(0)
      expect(lateMs).toBeLessThanOrEqual(21)
    }
    wheel.stop()
  })

  it('come soon for a timer that is set in the midst of quiet, also by a timer', () => {
    const { wheel, fired, setAt } = world()
    vi.advanceTimersByTime(5_432)
    setAt(40)
    vi.advanceTimersByTime(400)
    wheel.set(100, { onTimer: () => setAt(30) }, 0)
    vi.advanceTimersByTime(200)
    expect(fired.length).toBe(2)
    for (const lateMs of fired) expect(lateMs).toBeLessThanOrEqual(21)
    wheel.stop()
  })

  it('come soon after work, once for all of it', () => {
    const { wheel, seen } = world()
    vi.advanceTimersByTime(3_000)
    const before = seen.turns
    for (let work = 0; work < 100; work++) wheel.soon()
    vi.advanceTimersByTime(11)
    expect(seen.turns).toBe(before + 1)
    wheel.stop()
  })

  it('say how late they are, look again soon after that, and do not count rests', () => {
    const { wheel, seen } = world()
    vi.advanceTimersByTime(3_000)
    wheel.soon()
    const nowMs = performance.now()
    const stoodStill = (ms: number) => vi.spyOn(performance, 'now').mockReturnValue(nowMs + ms)
    let spy = stoodStill(80)
    vi.advanceTimersToNextTimer()
    expect(seen.lateMs.at(-1)).toBe(70)
    const turns = seen.turns
    seen.restedMs += 20
    spy.mockRestore()
    spy = stoodStill(120)
    vi.advanceTimersToNextTimer()
    expect([seen.turns, seen.lateMs.at(-1)]).toEqual([turns + 1, 10])
    spy.mockRestore()
    wheel.stop()
  })

  it('end with the worker', () => {
    const { wheel, seen, setAt } = world()
    setAt(50)
    wheel.stop()
    vi.advanceTimersByTime(10_000)
    wheel.soon()
    vi.advanceTimersByTime(10_000)
    expect(seen.turns).toBe(0)
  })
})
