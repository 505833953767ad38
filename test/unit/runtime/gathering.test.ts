/**
 * Gathering: a busy worker rests between turns, gives nothing of its capacity away, and an idle one answers at once.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Gathering, gatherFromShare, gatherFullShare, holdThread } from '../../../src/runtime/gathering.ts'

class World {
  nowMs = 1_000
  readonly slept: number[] = []
  readonly gathering: Gathering

  constructor(frameMsMax: number) {
    const sleep = (ms: number): void => {
      this.slept.push(ms)
      this.nowMs += ms
    }
    this.gathering = new Gathering(frameMsMax, () => this.nowMs, sleep)
  }

  turn(workMs: number, share: number): void {
    this.nowMs += workMs
    this.gathering.rest(share)
  }
}

describe('frames', () => {
  it('have no length for a worker that is idle most of the time, and their full one from half of it on', () => {
    const { gathering } = new World(20)
    const halfway = (gatherFromShare + gatherFullShare) / 2
    expect([0, gatherFromShare, gatherFullShare, 1].map((share) => gathering.frameMs(share))).toEqual([0, 0, 20, 20])
    expect(gathering.frameMs(halfway)).toBeCloseTo(10)
    expect(new World(0).gathering.frameMs(1)).toBe(0)
  })

  it('begin so far apart: what a turn leaves of its frame is slept', () => {
    const busy = new World(20)
    busy.turn(5, 1)
    busy.turn(5, 1)
    busy.turn(19, 1)
    // The first turn has no frame before it; the third leaves just 1 ms.
    expect(busy.slept).toEqual([15, 1])
    expect(busy.gathering.restedMs).toBe(16)
  })

  it('do not hold up who waited for work longer than a frame, nor a turn that filled its frame', () => {
    const busy = new World(20)
    busy.turn(5, 1)
    busy.turn(25, 1)
    busy.turn(200, 1)
    expect(busy.slept).toEqual([])
  })

  it('take no more than a frame between two turns, and nothing once the work fills them', () => {
    const turns = fc.array(
      fc.record({
        workMs: fc.double({ min: 0, max: 60, noNaN: true }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    )
    fc.assert(
      fc.property(turns, fc.integer({ min: 0, max: 100 }), (all, frameMsMax) => {
        const busy = new World(frameMsMax)
        for (const { workMs, share } of all) {
          const before = busy.slept.length
          busy.turn(workMs, share)
          const slept = busy.slept.slice(before)
          expect(slept.length).toBeLessThanOrEqual(1)
          for (const ms of slept) expect(ms + workMs).toBeLessThanOrEqual(frameMsMax + 1e-6)
          if (workMs >= frameMsMax) expect(slept).toEqual([])
        }
      }),
    )
  })
})

describe('holding the thread', () => {
  it('lasts as long as asked', () => {
    const fromMs = performance.now()
    holdThread()(15)
    expect(performance.now() - fromMs).toBeGreaterThanOrEqual(14)
  })
})
