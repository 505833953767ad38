/**
 * Whether a curve rises or falls, said by statistics that a few outliers do not move and that ask for no distribution:
 * the slope of Theil and Sen, and the test of Kendall (Mann, 1945).
 */

export interface Reading {
  readonly at: number
  readonly value: number
}

/** The median of the slopes of all pairs, per unit of `at`; 0 with fewer than two. */
export function theilSen(readings: readonly Reading[]): number {
  const slopes: number[] = []
  for (const [index, left] of readings.entries())
    for (const right of readings.slice(index + 1))
      if (right.at !== left.at) slopes.push((right.value - left.value) / (right.at - left.at))
  slopes.sort((a, b) => a - b)
  const middle = slopes.length >> 1
  if (slopes.length === 0) return 0
  return slopes.length % 2 === 1 ? slopes[middle]! : (slopes[middle - 1]! + slopes[middle]!) / 2
}

/**
 * How likely values in no order at all would seem to rise as much as these, 0 … 1: below 0.05 they rise. By the normal
 * approximation with its correction for ties, good from six values on.
 */
export function chanceOfRise(values: readonly number[]): number {
  const count = values.length
  let score = 0
  for (const [index, left] of values.entries())
    for (const right of values.slice(index + 1)) score += Math.sign(right - left)
  const ties = new Map<number, number>()
  for (const value of values) ties.set(value, (ties.get(value) ?? 0) + 1)
  const spread = (many: number) => many * (many - 1) * (2 * many + 5)
  const variance = (spread(count) - [...ties.values()].reduce((sum, many) => sum + spread(many), 0)) / 18
  if (variance <= 0) return 1
  // A step of two is the smallest difference there is between two scores: one of continuity.
  const deviations = (score - Math.sign(score)) / Math.sqrt(variance)
  return 1 - normal(deviations)
}

/** The normal distribution's share below, to 1.5e-7 (Abramowitz and Stegun 7.1.26). */
function normal(deviations: number): number {
  const x = Math.abs(deviations) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592].reduce(
    (sum, a) => (sum + a) * t,
    0,
  )
  const within = 1 - series * Math.exp(-x * x)
  return deviations < 0 ? (1 - within) / 2 : (1 + within) / 2
}
