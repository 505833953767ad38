/**
 * Pairs that are drawn instead of measured, with the noise that pairs on a shared machine have, to hold the gate to its
 * own promise.
 */
import type { Prng } from '../../sim/world/prng.ts'
import { judgePairs } from './judge-pairs.ts'

/** This part of the pairs is drawn so many times as wide as the others. */
const wideShare = 0.05
const wideTimes = 3
/** Deviation of all pairs together, for a `spread` of 1. */
export const deviationOfSpread = Math.sqrt(1 - wideShare + wideShare * wideTimes ** 2)

export interface DrawnPairs {
  /** What head takes more than base, as a part of it. */
  readonly change: number
  /** Deviation of normal noise (Box and Muller), as a part; one pair in twenty has three times of it. */
  readonly spread: number
}

/** Of each pair ln(head / base). */
export function drawnPairs(prng: Prng, { change, spread }: DrawnPairs): () => Promise<number> {
  return async () => {
    const normal = Math.sqrt(-2 * Math.log(1 - prng.float())) * Math.cos(2 * Math.PI * prng.float())
    return Math.log(1 + change) + normal * spread * (prng.chance(wideShare) ? wideTimes : 1)
  }
}

/** How many of so many runs the gate fails. */
export async function failedRuns(runs: number, prng: Prng, pairs: DrawnPairs): Promise<number> {
  let failed = 0
  for (let run = 0; run < runs; run++) {
    const { verdict } = await judgePairs(drawnPairs(prng, pairs), () => false)
    if (verdict === 'fail') failed++
  }
  return failed
}
