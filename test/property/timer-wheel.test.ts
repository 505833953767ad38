/**
 * The timer wheel against a list that is sorted anew each time: any sequence of setting, cancelling and advancing fires
 * the same timers in the same order.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimerWheel, tickMs } from '../../src/runtime/timer-wheel.ts'

interface ModelTimer {
  readonly kind: number
  readonly dueTick: number
}

class Model {
  readonly #timers = new Map<number, ModelTimer>()
  #tick = 0

  set(nowMs: number, delayMs: number, kind: number): void {
    const dueTick = Math.max(Math.ceil((nowMs + delayMs) / tickMs), this.#tick + 1)
    this.#timers.set(kind, { kind, dueTick })
  }

  cancel(kind: number): void {
    this.#timers.delete(kind)
  }

  /** Kinds rise with each setting, so they are the order of setting. */
  advance(nowMs: number): number[] {
    this.#tick = Math.max(this.#tick, Math.floor(nowMs / tickMs))
    const due = [...this.#timers.values()].filter(({ dueTick }) => dueTick <= this.#tick)
    due.sort((left, right) => left.dueTick - right.dueTick || left.kind - right.kind)
    for (const { kind } of due) this.#timers.delete(kind)
    return due.map(({ kind }) => kind)
  }

  get size(): number {
    return this.#timers.size
  }

  get firstDueMs(): number {
    let tick = Number.POSITIVE_INFINITY
    for (const { dueTick } of this.#timers.values()) tick = Math.min(tick, dueTick)
    return tick * tickMs
  }
}

type Step =
  | { readonly do: 'set'; readonly delayMs: number }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'wait' | 'advance'; readonly byMs: number }

// Near and far alike: the exponent is what is drawn evenly, so every level of the wheel is used.
const span = fc.tuple(fc.integer({ min: 0, max: 35 }), fc.double({ min: 0.5, max: 1, noNaN: true }))
const spanMs = span.map(([exponent, fraction]) => Math.floor(2 ** exponent * fraction))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), delayMs: spanMs }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), byMs: fc.nat(300) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), byMs: spanMs }) },
)

/** Runs both, and compares after each advance. */
function checkSteps(steps: Iterable<Step>): number {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs }
  const wheel = new TimerWheel(clock)
  const model = new Model()
  const fired: number[] = []
  const target = { onTimer: (kind: number) => fired.push(kind) }
  const handles: ReturnType<TimerWheel['set']>[] = []
  let advancesCount = 0
  for (const step of steps) {
    if (step.do === 'set') {
      model.set(clock.nowMs, step.delayMs, handles.length)
      handles.push(wheel.set(step.delayMs, target, handles.length))
    } else if (step.do === 'cancel') {
      const kind = step.which % Math.max(handles.length, 1)
      if (handles[kind] !== undefined) wheel.cancel(handles[kind])
      model.cancel(kind)
    } else {
      clock.nowMs += step.byMs
      if (step.do === 'wait') continue
      // Not toEqual on each: its cost would be all of the test's.
      if (wheel.nextDueMs() > model.firstDueMs) expect.fail('a timer is due before the wheel asks to be advanced')
      wheel.advance(clock.nowMs)
      expect(fired.splice(0)).toEqual(model.advance(clock.nowMs))
      expect(wheel.size).toBe(model.size)
      advancesCount++
    }
  }
  return advancesCount
}

test('any sequence fires what a sorted list fires, in its order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => void checkSteps(steps)),
    { numRuns: 400 },
  )
})

test('100,000 timers fire as those of a sorted list do', () => {
  const draw = lcg(20_030_903)
  function* steps(): Generator<Step> {
    for (let index = 0; index < 100_000; index++) {
      yield { do: 'set', delayMs: Math.floor(2 ** (draw() * 26)) }
      if (draw() < 0.3) yield { do: 'cancel', which: Math.floor(draw() * (index + 1)) }
      if (draw() < 0.01) yield { do: 'wait', byMs: Math.floor(draw() * 50) }
      if (index % 4_000 === 3_999) yield { do: 'advance', byMs: Math.floor(2 ** (draw() * 20)) }
    }
    for (let exponent = 10; exponent < 28; exponent++) yield { do: 'advance', byMs: 2 ** exponent }
  }
  expect(checkSteps(steps())).toBe(43)
})

/** A linear congruential generator: the same hundred thousand each time. */
function lcg(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
