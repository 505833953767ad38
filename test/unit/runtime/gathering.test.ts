/**
 * Gathering: a worker begins no more turns than there are frames, but for a few after some quiet; nothing of its
 * capacity is given away; and one that has little to do answers at once.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameClock, Gathering, holdThread, turnsAtOnce } from '../../../src/runtime/gathering.ts'

class World {
  nowMs = 1_000
  readonly slept: number[] = []
  readonly gathering: Gathering

  constructor(frameMs: number) {
    const sleep = (ms: number): void => {
      this.slept.push(ms)
      this.nowMs += ms
    }
    this.gathering = new Gathering(frameMs, () => this.nowMs, sleep)
  }

  /** After so much quiet a turn of so much work. */
  turn(workMs: number, quietMs = 0): void {
    this.nowMs += quietMs + workMs
    this.gathering.rest()
  }

  /** As many as a worker may begin as they come. */
  spend(): void {
    for (let turn = 0; turn < turnsAtOnce; turn++) this.turn(0)
  }
}

describe('turns', () => {
  it('are begun as they come after some quiet, enough of them for a message and its answer', () => {
    const idle = new World(20)
    for (let message = 0; message < 10; message++) {
      for (let hop = 0; hop < turnsAtOnce; hop++) idle.turn(0.3)
      idle.nowMs += turnsAtOnce * 20
    }
    expect(idle.slept).toEqual([])
  })

  it('begin a frame apart when there are more: what a turn leaves of its frame is slept', () => {
    const busy = new World(20)
    busy.spend()
    for (const workMs of [5, 5, 19]) busy.turn(workMs)
    expect(busy.slept).toEqual([15, 15, 1])
    expect(busy.gathering.restedMs).toBe(31)
  })

  it('follow each other at once when each fills its frame', () => {
    const busy = new World(20)
    busy.spend()
    for (const workMs of [20, 25, 200]) busy.turn(workMs)
    expect(busy.slept).toEqual([])
  })

  it('are never held up where a frame has no length', () => {
    const busy = new World(0)
    for (let turn = 0; turn < 100; turn++) busy.turn(0.1)
    expect(busy.slept).toEqual([])
  })

  const turns = fc.array(
    fc.record({
      workMs: fc.double({ min: 0, max: 60, noNaN: true }),
      quietMs: fc.double({ min: 0, max: 60, noNaN: true }),
    }),
    { maxLength: 200 },
  )

  it('wait for the beginning of a frame, less than one, and not at all after one that filled it', () => {
    fc.assert(
      fc.property(turns, fc.integer({ min: 1, max: 100 }), (all, frameMs) => {
        const world = new World(frameMs)
        for (const { workMs, quietMs } of all) {
          const before = world.slept.length
          world.turn(workMs, quietMs)
          const slept = world.slept.slice(before)
          for (const ms of slept) {
            expect(ms).toBeLessThanOrEqual(frameMs)
            expect(Math.abs(world.nowMs / frameMs - Math.round(world.nowMs / frameMs))).toBeLessThan(1e-6)
          }
          if (workMs + quietMs >= frameMs) expect(slept).toEqual([])
        }
      }),
    )
  })

  it('are one a frame, and the few at once, when each is shorter and the next is there at once', () => {
    const workMs = fc.array(fc.double({ min: 0, max: 18, noNaN: true }), { maxLength: 200 })
    fc.assert(
      fc.property(workMs, fc.double({ min: 0, max: 20, noNaN: true }), (all, startMs) => {
        const world = new World(20)
        world.nowMs += startMs
        const fromMs = world.nowMs
        for (const [index, ms] of all.entries()) {
          world.turn(ms)
          // The first rest may be for what is left of a frame that began before.
          expect(index + 1).toBeLessThanOrEqual((world.nowMs - fromMs) / 20 + turnsAtOnce + 1 + 1e-6)
        }
      }),
    )
  })
})

describe('the clock of frames', () => {
  it('is the same for all workers, but for the distance between them', () => {
    const [first, second, third] = [0, 1, 2].map((worker) => frameClock(worker, 3, 25))
    const between = () => [first!() - second!(), first!() - third!()]
    // What passes between two looks makes it less; on a machine that stood still, the next look is better.
    const nearest = Array.from({ length: 50 }, between).reduce((a, b) => (b[1]! > a[1]! ? b : a))
    expect(nearest[0]).toBeCloseTo(2, 0)
    expect(nearest[1]).toBeCloseTo(4, 0)
  })

  it('has all workers within one frame, however many there are', () => {
    const [first, last] = [frameClock(0, 100, 25), frameClock(99, 100, 25)]
    expect(first() - last()).toBeLessThan(25)
  })
})

describe('holding the thread', () => {
  it('lasts as long as asked', () => {
    const fromMs = performance.now()
    holdThread()(15)
    expect(performance.now() - fromMs).toBeGreaterThanOrEqual(14)
  })
})
