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

  it('is as far behind as its oldest work has waited', () => {
    const { made, clock, work } = backlog()
    made.add(1)
    clock.ms += 700
    expect(made.delayMs()).toBe(700)
    work()
    expect(made.delayMs()).toBe(0)
  })

  it('is behind where timers are late, and forgets that in a few turns', () => {
    const { made } = backlog()
    made.onTimersLate(800)
    expect(made.delayMs()).toBe(800)
    made.onTimersLate(0)
    expect(made.delayMs()).toBe(400)
    for (let turn = 0; turn < 10; turn++) made.onTimersLate(0)
    expect(made.delayMs()).toBeLessThan(1)
  })
})
