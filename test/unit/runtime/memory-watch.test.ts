/**
 * Memory as a reason to refuse (promise P4): the scarcest counts, garbage does not, and a thread does not spend its
 * time on looking.
 */
import { describe, expect, it } from 'vitest'
import { type MemoryReading, MemoryWatch, memoryOfThread } from '../../../src/runtime/memory-watch.ts'

describe('memory of a worker', () => {
  function watched(first: Partial<MemoryReading>) {
    const state = { nowMs: 0, reads: 0, collections: 0, garbage: 0, live: first }
    const watch = new MemoryWatch({
      nowMs: () => state.nowMs,
      read: () => {
        state.reads++
        const [used, most] = state.live.process ?? [0, 100]
        const reading = { process: [used + state.garbage, most], heap: [0, 100], flows: [0, 100] } as const
        return { ...reading, ...state.live, process: reading.process }
      },
      collect: () => {
        state.collections++
        state.garbage = 0
      },
    })
    const look = (afterMs = 1_000) => {
      state.nowMs += afterMs
      watch.look()
      return watch.share
    }
    return { state, look }
  }

  it('is as full as the scarcest: of the process, of this heap, of what flows may hold', () => {
    expect(watched({ process: [60, 100], heap: [10, 100], flows: [20, 100] }).look()).toBe(0.6)
    expect(watched({ process: [10, 100], heap: [60, 100], flows: [20, 100] }).look()).toBe(0.6)
    expect(watched({ process: [10, 100], heap: [20, 100], flows: [60, 100] }).look()).toBe(0.6)
  })

  it('garbage is collected before it counts', () => {
    const { state, look } = watched({ process: [40, 100] })
    state.garbage = 45
    expect(look()).toBe(0.4)
    expect(state.collections).toBe(1)
  })

  it('what lives counts, and is not collected for again and again', () => {
    const { state, look } = watched({ process: [80, 100] })
    const shares = Array.from({ length: 59 }, () => look())
    expect(new Set(shares)).toEqual(new Set([0.8]))
    expect(state.collections).toBe(1)
    for (let second = 0; second < 10; second++) look()
    expect(state.collections).toBe(2)
  })

  it('is over as soon as it is given back', () => {
    const { state, look } = watched({ process: [80, 100] })
    expect(look()).toBe(0.8)
    state.live = { process: [50, 100] }
    expect(look()).toBe(0.5)
  })

  it('is read once a second, however often it is looked at', () => {
    const { state, look } = watched({})
    for (let at = 0; at < 1_000; at++) look(10)
    expect(state.reads).toBeLessThanOrEqual(11)
  })
})

describe('memory of this thread', () => {
  it('is that of the whole process against its limit, buffers included, as soon as they are written', () => {
    const limit = { bytes: 2 * 2 ** 30 }
    const share = () => {
      const watch = memoryOfThread(
        () => limit.bytes,
        () => [0, 1],
      )
      watch.look()
      return watch.share * limit.bytes
    }
    const before = share()
    const held = Array.from({ length: 8 }, () => Buffer.alloc(16 * 2 ** 20, 1))
    expect(share() - before).toBeGreaterThan(100 * 2 ** 20)
    expect(held.length).toBe(8)
  })

  it('has what the machine or its control group has where nothing is set', () => {
    const watch = memoryOfThread(
      () => 0,
      () => [0, 1],
    )
    watch.look()
    expect(watch.share).toBeGreaterThan(0)
    expect(watch.share).toBeLessThan(1)
  })

  it('is short where flows hold what they may', () => {
    const watch = memoryOfThread(
      () => 2 ** 50,
      () => [75, 100],
    )
    watch.look()
    expect(watch.share).toBe(0.75)
  })
})
