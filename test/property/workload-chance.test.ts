/**
 * Chance in the model: distributions have the moments that are said of them, streams do not shift each other, and the
 * next event of a process is where the activity that has gone by says.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  binomial,
  cutNormal,
  exponential,
  geometric,
  logNormal,
  logNormalCutMean,
  logNormalMean,
  normal,
  normalProbability,
  normalQuantile,
  poisson,
  RankWeights,
} from '../../sim/workload/distributions.ts'
import { Stream } from '../../sim/workload/random.ts'
import { hourMs, RateCurve } from '../../sim/workload/rate-curve.ts'

const draws = 40_000

function meanOf(draw: (random: Stream) => number): number {
  const random = new Stream(11, 'storm')
  let sum = 0
  for (let index = 0; index < draws; index++) sum += draw(random)
  return sum / draws
}

describe('distributions', () => {
  it.each<[string, number, (random: Stream) => number]>([
    ['exponential', 3, (random) => exponential(random, 3)],
    ['normal', 5, (random) => normal(random, 5, 2)],
    ['square of normal', 4, (random) => normal(random, 0, 2) ** 2],
    ['cut normal', 0, (random) => cutNormal(random, 0, 1, -1, 1)],
    ['log-normal', logNormalMean(12, 1), (random) => logNormal(random, 12, 1)],
    ['cut log-normal', logNormalCutMean(120, 1.55, 16_384), (random) => Math.min(logNormal(random, 120, 1.55), 16_384)],
    ['geometric', 8, (random) => geometric(random, 8)],
    ['binomial', 1.2, (random) => binomial(random, 4, 0.3)],
    ['Poisson', 3, (random) => poisson(random, 3)],
    ['uniform', 0.5, (random) => random.float()],
  ])('%s has the mean that is said of it', (_, mean, draw) => {
    expect(Math.abs(meanOf(draw) - mean)).toBeLessThan(0.03 * Math.max(1, mean))
  })

  it('cut normal stays within its bounds', () => {
    const random = new Stream(1, 'day')
    for (let index = 0; index < 2_000; index++) {
      const drawn = cutNormal(random, 10, 5, 9, 12)
      expect(drawn >= 9 && drawn <= 12).toBe(true)
    }
  })

  it('quantile and probability of the normal distribution undo each other', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (probability) => {
        expect(Math.abs(normalProbability(normalQuantile(probability)) - probability)).toBeLessThan(1e-6)
      }),
    )
  })

  it('ranks are drawn by their weight', () => {
    const weights = new RankWeights(10, 1)
    const random = new Stream(4, 'talk')
    const counts = new Array<number>(10).fill(0)
    for (let index = 0; index < draws; index++) counts[weights.draw(random, 10)]!++
    const sum = counts.reduce((total, _, index) => total + 1 / (index + 1), 0)
    for (const [index, count] of counts.entries()) {
      expect(Math.abs((count / draws) * sum * (index + 1) - 1)).toBeLessThan(0.06)
    }
  })
})

describe('streams', () => {
  it('depend on seed, purpose, user and turn, each by itself', () => {
    const small = fc.nat(50)
    const key = fc.tuple(fc.maxSafeNat(), fc.constantFrom('idle' as const, 'call' as const), small, small)
    fc.assert(
      fc.property(key, key, (left, right) => {
        const words = ([seed, purpose, user, turn]: typeof left): string => {
          const random = new Stream(seed, purpose, user, turn)
          return Array.from({ length: 4 }, () => random.word()).join()
        }
        expect(words(left)).toBe(words(left))
        if (left.join() !== right.join()) expect(words(left)).not.toBe(words(right))
      }),
    )
  })

  it('of neighbours have nothing to do with each other', () => {
    let same = 0
    for (let user = 0; user < 2_000; user++) {
      const next = new Stream(3, 'idle', user + 1).float()
      if (Math.abs(new Stream(3, 'idle', user).float() - next) < 0.01) same++
    }
    // By chance 2 % are so near.
    expect(same).toBeGreaterThan(15)
    expect(same).toBeLessThan(75)
  })
})

describe('rate curve', () => {
  const values = fc
    .array(fc.constantFrom(0, 0.01, 0.5, 1, 3), { minLength: 24, maxLength: 24 })
    .filter((hours) => hours.some((value) => value > 0))

  /** By small steps: what the curve does exactly. */
  function activityBetween(curve: RateCurve, fromMs: number, toMs: number): number {
    let sum = 0
    for (let at = fromMs; at < toMs; ) {
      const end = Math.min(toMs, (Math.floor(at / hourMs) + 1) * hourMs)
      sum += curve.at(at) * ((end - at) / hourMs)
      at = end
    }
    return sum
  }

  it('says when so much activity has gone by, also before the run and over days', () => {
    const from = fc.integer({ min: -30 * hourMs, max: 60 * hourMs })
    fc.assert(
      fc.property(values, from, fc.double({ min: 0.001, max: 40, noNaN: true }), (hours, fromMs, wanted) => {
        const curve = RateCurve.ofHours(hours)
        const atMs = curve.advance(fromMs, wanted)
        fc.pre(atMs - fromMs < 3_000 * hourMs)
        expect(activityBetween(curve, fromMs, atMs)).toBeCloseTo(wanted, 6)
      }),
    )
  })

  it('is ten times as fast within a burst', () => {
    const curve = RateCurve.ofHours([1]).withStretches([{ fromMs: 1_000, forMs: 1_000 }], 10)
    expect(curve.advance(0, 1_000 / hourMs)).toBeCloseTo(1_000, 6)
    expect(curve.advance(0, 6_000 / hourMs)).toBeCloseTo(1_500, 6)
    expect(curve.advance(0, 12_000 / hourMs)).toBeCloseTo(3_000, 6)
    expect(curve.advance(-500, 500 / hourMs)).toBeCloseTo(0, 6)
  })

  it('never comes to what nobody does', () => {
    expect(RateCurve.ofHours([0]).advance(0, 1)).toBe(Infinity)
  })
})
