/**
 * Work of a worker for itself: in order, in slices that leave time for sockets and timers, and how far behind it is.
 */
import { describe, expect, it } from 'vitest'
import { Backlog } from '../../../src/runtime/backlog.ts'

describe('a backlog', () => {
  function backlog() {
    const clock = { ms: 0 }
    const done: number[] = []
    const made = new Backlog<number>(() => clock.ms)
    /** Each piece takes a millisecond. */
    const work = (then: (work: number) => void = () => {}) =>
      made.work((each) => {
        clock.ms++
        done.push(each)
        then(each)
      })
    return { clock, done, made, work }
  }

  it('hands out what came and what that makes, in the order in which it came', () => {
    const { made, done, work } = backlog()
    made.add(1)
    made.add(2)
    work((each) => each < 3 && made.add(each + 10))
    expect(done).toEqual([1, 2, 11, 12])
    expect(made.isEmpty).toBe(true)
  })

  it('stops after a slice, loses nothing, and goes on where it stopped', () => {
    const { made, done, work } = backlog()
    const all = Array.from({ length: 500 }, (_, index) => index)
    for (const each of all) made.add(each)
    work()
    expect(done.length).toBeGreaterThan(30)
    expect(done.length).toBeLessThan(100)
    made.add(500)
    for (let slice = 0; slice < 20; slice++) work()
    expect(done).toEqual([...all, 500])
  })

  it('hands out nothing twice that has thrown', () => {
    const { made, done, work } = backlog()
    for (const each of [1, 2, 3]) made.add(each)
    const once = () =>
      work((each) => {
        if (each === 2) throw new Error('two')
      })
    expect(once).toThrow('two')
    once()
    expect(done).toEqual([1, 2, 3])
  })

  it('is as far behind as the oldest work is that slice after slice has left', () => {
    const { made, done, work } = backlog()
    for (let each = 0; each < 1_000; each++) made.add(each)
    const delays = Array.from({ length: 6 }, () => {
      work()
      return made.delayMs()
    })
    expect(delays[3]).toBeGreaterThanOrEqual(50)
    expect(delays[5]).toBeGreaterThanOrEqual(50)
    while (!made.isEmpty) work()
    expect([made.delayMs(), done.length]).toEqual([0, 1_000])
  })

  it('is so far behind as what comes now will have to wait, also within one turn', () => {
    const { made, work } = backlog()
    for (let turn = 0; turn < 4; turn++) {
      made.add(turn)
      work()
    }
    expect(made.delayMs()).toBe(0)
    for (let each = 0; each < 300; each++) made.add(each)
    expect(made.delayMs()).toBe(300)
    work()
    expect(made.delayMs()).toBeGreaterThan(200)
    expect(made.delayMs()).toBeLessThan(300)
    while (!made.isEmpty) work()
    expect(made.delayMs()).toBe(0)
  })

  it('a storm that is the first thing after a start is seen before it was worked at', () => {
    const { made } = backlog()
    for (let each = 0; each < 3_000; each++) made.add(each)
    expect(made.delayMs()).toBeGreaterThan(500)
  })

  it('one turn in which the machine stood still says nothing about what work takes', () => {
    const { clock, made, work } = backlog()
    for (let turn = 0; turn < 4; turn++) {
      made.add(turn)
      work(() => {
        if (turn === 2) clock.ms += 4_000
      })
    }
    for (let each = 0; each < 20; each++) made.add(each)
    expect(made.delayMs()).toBe(20)
  })

  it('is behind where timers are late again and again, not once', () => {
    const { made } = backlog()
    made.onTimersLate(6_000)
    expect(made.delayMs()).toBe(0)
    for (const lateMs of [500, 800, 700]) made.onTimersLate(lateMs)
    expect(made.delayMs()).toBe(500)
    made.onTimersLate(0)
    expect(made.delayMs()).toBe(0)
  })
})
