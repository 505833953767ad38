/**
 * Least squares with unknowns that cannot be negative, drawn a little towards 1 so that there is always one solution.
 */

export interface Row {
  readonly features: readonly number[]
  readonly target: number
  /** How much it counts. */
  readonly weight: number
}

const sweepsMax = 20_000
const settled = 1e-9

/**
 * The x ≥ 0 with the least Σ (weight · (features · x − target))² + pull · Σ (x − 1)², by coordinate descent. With a
 * pull above 0 the sum is strictly convex, so it ends at the only solution.
 */
export function nonNegativeLeastSquares(rows: readonly Row[], unknowns: number, pull: number): number[] {
  const x = new Array<number>(unknowns).fill(1)
  const gaps = rows.map(({ features, target }) => target - features.reduce((sum, each) => sum + each, 0))
  const curvatures = x.map((_, at) => rows.reduce((sum, row) => sum + (row.weight * row.features[at]!) ** 2, pull))
  for (let sweep = 0; sweep < sweepsMax; sweep++) {
    let largest = 0
    for (let at = 0; at < unknowns; at++) {
      let slope = pull * (1 - x[at]!)
      for (const [index, row] of rows.entries()) slope += row.weight ** 2 * row.features[at]! * gaps[index]!
      const next = Math.max(0, x[at]! + slope / curvatures[at]!)
      const step = next - x[at]!
      if (step === 0) continue
      for (const [index, row] of rows.entries()) gaps[index]! -= row.features[at]! * step
      x[at] = next
      largest = Math.max(largest, Math.abs(step))
    }
    if (largest < settled) break
  }
  return x
}

/** How much of the differences between targets is explained, 1 = all; below 0: less than their mean does. */
export function rSquaredOf(rows: readonly Row[], x: readonly number[]): number {
  const mean = rows.reduce((sum, { target }) => sum + target, 0) / rows.length
  let rest = 0
  let all = 0
  for (const { features, target } of rows) {
    rest += (target - features.reduce((sum, each, at) => sum + each * x[at]!, 0)) ** 2
    all += (target - mean) ** 2
  }
  return all === 0 ? 0 : 1 - rest / all
}
