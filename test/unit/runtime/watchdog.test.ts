/**
 * The watchdog by itself: whom it calls hung, and whom it does not.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { patience, Watchdog, WatchedThread } from '../../../src/runtime/watchdog.ts'

describe('the watchdog', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function watch(answering: (worker: number) => boolean) {
    const hung: string[] = []
    const pings: number[] = []
    const start = (worker: number, patienceTurns: number = patience.serving): WatchedThread => {
      const thread = new WatchedThread(`worker ${worker}`, patienceTurns, () => {
        pings.push(worker)
        if (answering(worker)) thread.answered()
      })
      return thread
    }
    const watched = [start(0), start(1)]
    const dog = new Watchdog(
      () => watched,
      ({ name }) => hung.push(name),
    )
    return { dog, hung, pings, watched, start }
  }

  it('asks every thread each second, and leaves those alone that answer', () => {
    const { dog, hung, pings } = watch(() => true)
    vi.advanceTimersByTime(60_000)
    expect([hung, pings.length]).toEqual([[], 120])
    dog.stop()
  })

  it('P4: calls a thread hung that was silent for five turns, and only that one', () => {
    const { dog, hung } = watch((worker) => worker === 0)
    vi.advanceTimersByTime(5_000)
    expect(hung).toEqual([])
    vi.advanceTimersByTime(1_000)
    expect(hung).toEqual(['worker 1'])
    dog.stop()
  })

  it('P4: waits longer for one that starts, and less again once it serves', () => {
    const { dog, hung, watched, start } = watch((worker) => worker !== 1)
    watched[1] = start(1, patience.starting)
    vi.advanceTimersByTime(patience.starting * 1_000)
    expect(hung).toEqual([])
    watched[1].answered()
    watched[1].patienceTurns = patience.serving
    vi.advanceTimersByTime(6_000)
    expect(hung).toEqual(['worker 1'])
    dog.stop()
  })

  it('does not blame a successor for the silence of its predecessor', () => {
    const { dog, hung, watched, start } = watch((worker) => worker !== 1)
    for (let starts = 0; starts < 5; starts++) {
      vi.advanceTimersByTime(4_000)
      watched[1] = start(1)
    }
    expect(hung).toEqual([])
    dog.stop()
  })

  it('P4: has patience with one that waits for a processor, by so much as it was given', () => {
    const { dog, hung, watched } = watch((worker) => worker === 0)
    let waitedMs = 123_456
    watched[1]!.waitedMs = () => waitedMs
    vi.advanceTimersByTime(1_000)
    // Of the first turn nobody knows how much of what it has ever waited fell into it: it hardly counts.
    for (let second = 1; second <= 19; second++) {
      waitedMs += 750
      vi.advanceTimersByTime(1_000)
    }
    expect(hung).toEqual([])
    for (let second = 20; second <= 21; second++) {
      waitedMs += 750
      vi.advanceTimersByTime(1_000)
    }
    expect(hung[0]).toBe('worker 1')
    dog.stop()
  })

  it('P4: finds one that hangs within a minute although it is given nearly nothing', () => {
    const { dog, hung, watched } = watch((worker) => worker === 0)
    watched[1]!.waitedMs = () => performance.now()
    vi.advanceTimersByTime(59_000)
    expect(hung).toEqual([])
    vi.advanceTimersByTime(3_000)
    expect(hung[0]).toBe('worker 1')
    dog.stop()
  })

  it('P4: counts each second of one that waits for anything but a processor', () => {
    const { dog, hung, watched } = watch((worker) => worker === 0)
    watched[1]!.waitedMs = () => 0
    vi.advanceTimersByTime(6_000)
    expect(hung).toEqual(['worker 1'])
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
