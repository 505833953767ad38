/**
 * How many contacts each user has: a log-normal shape whose mean is exactly K. The shape is taken at evenly spaced
 * quantiles, not drawn: with so long a tail the mean of 10,000 independent draws would miss by more than 1 %.
 */
import { normalQuantile } from './distributions.ts'
import type { Parameters } from './parameters.ts'
import { Stream } from './random.ts'

export function contactCounts(parameters: Parameters, seed: number): Uint32Array {
  const { users, contacts, contactsSigma, contactsMax } = parameters
  const most = Math.min(contactsMax, users - 1)
  const random = new Stream(seed, 'contacts')
  const shape = new Float64Array(users)
  for (let index = 0; index < users; index++) {
    const quantile = (index + random.float()) / users
    shape[index] = Math.exp(contactsSigma * normalQuantile(Math.min(Math.max(quantile, 1e-9), 1 - 1e-9)))
  }
  const median = medianFor(shape, contacts, most)
  const counts = Uint32Array.from(shape, (factor) => cut(factor * median, most))
  shuffle(counts, random)
  return counts
}

/** The median for which the rounded and cut numbers have this mean: both ends pull at it, most in small populations. */
function medianFor(shape: Float64Array, mean: number, most: number): number {
  let low = 0
  let high = most * 4
  for (let step = 0; step < 40; step++) {
    const median = (low + high) / 2
    let sum = 0
    for (const factor of shape) sum += cut(factor * median, most)
    if (sum < mean * shape.length) low = median
    else high = median
  }
  return high
}

function cut(value: number, most: number): number {
  return Math.min(Math.max(Math.round(value), 1), most)
}

export function shuffle(list: Uint32Array, random: Stream): void {
  for (let index = list.length - 1; index > 0; index--) {
    const other = random.below(index + 1)
    const kept = list[index]!
    list[index] = list[other]!
    list[other] = kept
  }
}
