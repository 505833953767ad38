/**
 * The distributions of the model, each drawn from a stream. Only functions that V8 computes in software (log, exp,
 * sqrt) are used, so that the same seed gives the same numbers on every machine.
 */
import type { Stream } from './random.ts'

/** Gaps of a Poisson process. */
export function exponential(random: Stream, mean: number): number {
  return -Math.log(random.float()) * mean
}

/** Inverse of the normal distribution function (P. J. Acklam's rational approximation, relative error below 1.2e-9). */
export function normalQuantile(probability: number): number {
  if (probability > 0.5) return -normalQuantile(1 - probability)
  if (probability < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(probability))
    return polynomial(tailTop, q) / (polynomial(tailBottom, q) * q + 1)
  }
  const q = probability - 0.5
  const r = q * q
  return (polynomial(middleTop, r) * q) / (polynomial(middleBottom, r) * r + 1)
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0
  for (const coefficient of coefficients) sum = sum * x + coefficient
  return sum
}

const middleTop = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
]
const middleBottom = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
]
const tailTop = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const tailBottom = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416]

export function normal(random: Stream, mean: number, deviation: number): number {
  return mean + deviation * normalQuantile(random.float())
}

/** A normal variable, drawn again until it lies within the bounds: cut, not heaped up at its ends. */
export function cutNormal(random: Stream, mean: number, deviation: number, low: number, high: number): number {
  for (let attempts = 0; attempts < 64; attempts++) {
    const drawn = normal(random, mean, deviation)
    if (drawn >= low && drawn <= high) return drawn
  }
  return random.between(low, high)
}

export function logNormal(random: Stream, median: number, sigma: number): number {
  return median * Math.exp(sigma * normalQuantile(random.float()))
}

export function logNormalMean(median: number, sigma: number): number {
  return median * Math.exp((sigma * sigma) / 2)
}

/** Mean of a log-normal variable that is cut to `most`. */
export function logNormalCutMean(median: number, sigma: number, most: number): number {
  const height = Math.log(most / median)
  if (sigma === 0) return Math.min(median, most)
  const below = normalProbability((height - sigma * sigma) / sigma)
  return logNormalMean(median, sigma) * below + most * (1 - normalProbability(height / sigma))
}

/** The normal distribution function (Abramowitz and Stegun 26.2.17, absolute error below 7.5e-8). */
export function normalProbability(x: number): number {
  if (x < 0) return 1 - normalProbability(-x)
  const t = 1 / (1 + 0.2316419 * x)
  const series = polynomial([1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153], t) * t
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series
}

/** What is left of a log-normal time when somebody looks at a moment of no importance. */
export function logNormalResidual(random: Stream, median: number, sigma: number): number {
  return logNormal(random, median * Math.exp(sigma * sigma), sigma) * random.float()
}

/** 0, 1, 2 … with this mean. */
export function geometric(random: Stream, mean: number): number {
  return mean <= 0 ? 0 : Math.floor(Math.log(random.float()) / Math.log(mean / (1 + mean)))
}

export function binomial(random: Stream, trials: number, probability: number): number {
  let successes = 0
  for (let trial = 0; trial < trials; trial++) if (random.chance(probability)) successes++
  return successes
}

/** By the product of uniform draws; for small means. */
export function poisson(random: Stream, mean: number): number {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random.float(); product > limit; product *= random.float()) count++
  return count
}

/** Ranks 1 … n with weight rank^-s: partners among contacts, hubs among all. */
export class RankWeights {
  readonly #sums: Float64Array

  constructor(ranksMax: number, exponent: number) {
    this.#sums = new Float64Array(ranksMax + 1)
    for (let rank = 1; rank <= ranksMax; rank++) {
      this.#sums[rank] = this.#sums[rank - 1]! + Math.exp(-exponent * Math.log(rank))
    }
  }

  /** An index from 0 up to `count`, exclusive; `count` ≤ ranksMax. */
  draw(random: Stream, count: number): number {
    const sums = this.#sums
    const wanted = random.float() * sums[count]!
    let low = 1
    let high = count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (sums[middle]! < wanted) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
