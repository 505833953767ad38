/**
 * A figure with its uncertainty: at the low, the middle and the high conversion from one machine to another.
 */
export type RangeOfThree = readonly [low: number, mid: number, high: number]

export const bounds = ['low', 'mid', 'high'] as const
export type Bound = (typeof bounds)[number]

export type ByBound = Readonly<Record<Bound, number>>

export function byBound(of: (bound: Bound, index: 0 | 1 | 2) => number): ByBound {
  return { low: of('low', 0), mid: of('mid', 1), high: of('high', 2) }
}
