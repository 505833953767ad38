/**
 * Long work on many is cut into turns, so that others have theirs (P4).
 */
import { describe, expect, it } from 'vitest'
import { inTurns } from '../../../src/presence/watching/in-turns.ts'
import { handTurned } from './hand-turned.ts'

describe('work in turns', () => {
  function work(count: number) {
    const { host, turns } = handTurned()
    const all = Array.from({ length: count }, (_, at) => at)
    const done: number[][] = []
    inTurns(host.timers, all, 100, (slice) => done.push([...slice]))
    return { all, turns, done }
  }

  it.each([1, 100, 101, 250])('of %i each is worked on once, the first hundred at once', (count) => {
    const { all, turns, done } = work(count)
    expect(done).toEqual([all.slice(0, 100)])
    while (turns.length > 0) turns.shift()!()
    expect(done.flat()).toEqual(all)
    expect(done.length).toBe(Math.ceil(count / 100))
  })

  it('none is no work', () => {
    const { turns, done } = work(0)
    expect([turns.length, done.length]).toEqual([0, 0])
  })
})
