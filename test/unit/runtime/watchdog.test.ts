/**
 * The watchdog by itself: whom it calls hung, and whom it does not.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Watchdog } from '../../../src/runtime/watchdog.ts'

describe('the watchdog', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function watch(answering: (worker: number) => boolean) {
    const hung: number[] = []
    const pings: number[] = []
    const watched = [0, 1].map((worker) => ({
      worker,
      ping: () => {
        pings.push(worker)
        if (answering(worker)) dog.onPong(worker)
      },
    }))
    const dog = new Watchdog(
      () => watched,
      (worker) => hung.push(worker),
    )
    return { dog, hung, pings }
  }

  it('asks every thread each second, and leaves those alone that answer', () => {
    const { dog, hung, pings } = watch(() => true)
    vi.advanceTimersByTime(60_000)
    expect([hung, pings.length]).toEqual([[], 120])
    dog.stop()
  })

  it('calls a thread hung that was silent for five turns, and only that one', () => {
    const { dog, hung } = watch((worker) => worker === 0)
    vi.advanceTimersByTime(5_000)
    expect(hung).toEqual([])
    vi.advanceTimersByTime(1_000)
    expect(hung).toEqual([1])
    dog.stop()
  })

  it('begins anew when main itself stood still: a paused machine kills nobody', () => {
    const { dog, hung } = watch(() => false)
    for (let pause = 0; pause < 20; pause++) {
      vi.advanceTimersByTime(4_000)
      const now = performance.now()
      const spy = vi.spyOn(performance, 'now').mockReturnValue(now + 60_000)
      vi.advanceTimersByTime(1_000)
      spy.mockRestore()
      vi.setSystemTime(Date.now())
      vi.advanceTimersByTime(1_000)
    }
    expect(hung).toEqual([])
    dog.stop()
  })
})
