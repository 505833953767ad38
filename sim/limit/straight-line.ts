/**
 * A straight line through points by weighted least squares, and how well it fits.
 */

export interface Point {
  readonly x: number
  readonly y: number
  readonly weight: number
}

export interface StraightLine {
  readonly slope: number
  readonly intercept: number
  /** Part of the differences in y that the line explains, 0 … 1. */
  readonly rSquared: number
}

/** Null where there are fewer than two different x. */
export function straightLine(points: readonly Point[]): StraightLine | null {
  const total = sum(points, ({ weight }) => weight)
  const meanX = sum(points, ({ x, weight }) => x * weight) / total
  const meanY = sum(points, ({ y, weight }) => y * weight) / total
  const spreadX = sum(points, ({ x, weight }) => weight * (x - meanX) ** 2)
  if (!(spreadX > 0)) return null
  const slope = sum(points, ({ x, y, weight }) => weight * (x - meanX) * (y - meanY)) / spreadX
  const intercept = meanY - slope * meanX
  const spreadY = sum(points, ({ y, weight }) => weight * (y - meanY) ** 2)
  const left = sum(points, ({ x, y, weight }) => weight * (y - intercept - slope * x) ** 2)
  return { slope, intercept, rSquared: spreadY > 0 ? Math.max(0, 1 - left / spreadY) : 1 }
}

function sum(points: readonly Point[], of: (point: Point) => number): number {
  return points.reduce((total, point) => total + of(point), 0)
}
