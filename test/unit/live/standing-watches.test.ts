/**
 * To how many devices a change of presence is due, and which of those that were told of it: of what presence beyond the
 * limit is judged by (D10).
 */
import { describe, expect, it } from 'vitest'
import { StandingWatches } from '../../../sim/users/standing-watches.ts'
import { Board } from '../../../sim/verify/board.ts'

describe('standing watches', () => {
  function watches() {
    const board = new Board(4)
    const of = () => new StandingWatches(board, Uint32Array.of(1, 3), new Uint32Array(4))
    return { board, first: of(), second: of() }
  }

  it('a change is due to each device that was told of its user, once', () => {
    const { board, first, second } = watches()
    expect(board.watchersOf(3)).toBe(0)
    first.told(1, 5_000)
    first.told(1, 9_000)
    second.told(1, 6_000)
    expect([board.watchersOf(1), board.watchersOf(3)]).toEqual([0, 2])
  })

  it('what was wanted before a device was told of its user was not due to it', () => {
    const { first } = watches()
    first.told(1, 5_500_000)
    expect(first.wasDue(1, 5_000_000)).toBe(false)
    expect(first.wasDue(1, 5_500_000)).toBe(true)
    expect(first.wasDue(0, 6_000_000)).toBe(false)
  })

  it('nothing is due to a device that is gone, and nothing of before when it is back', () => {
    const { board, first } = watches()
    first.told(0, 1_000)
    first.told(1, 1_000)
    first.ended(1)
    first.ended(1)
    expect([board.watchersOf(1), board.watchersOf(3)]).toEqual([1, 0])
    first.ended()
    expect(board.watchersOf(1)).toBe(0)
    first.told(0, 9_000_000)
    expect(first.wasDue(0, 2_000_000)).toBe(false)
    expect(board.watchersOf(1)).toBe(1)
  })
})
