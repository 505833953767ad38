/**
 * What one CPU second on the reference core costs on a profile's CPU: as the profile says, else derived from its score.
 */

import { referenceScores } from './convert.ts'
import type { Factors, Profile } from './profile.ts'
import { type Bound, bounds, type RangeOfThree } from './range-of-three.ts'

/** The reference core R0 (Zen 5) on the SPECDB scale, on which a Pentium 4 of 1.4 GHz has 0.336. */
export const referenceScore = 19.2

export interface FoundFactors {
  readonly factors: Factors
  /** `given` in the file; `derived` from its score, which is assumed; `calibrated`: as the calibrated machine. */
  readonly origin: 'given' | 'derived' | 'calibrated'
}

/**
 * `scores` are those of the machine that was calibrated, R0 = 1. A CPU whose score is `calibrated` is as fast as that
 * machine: factor 1 ÷ score, which the conversion multiplies by the score again.
 */
export function factorsOf({ cpu }: Profile, scores: Readonly<Record<keyof Factors, number>>): FoundFactors {
  if (cpu.factors) return { factors: cpu.factors, origin: 'given' }
  if (cpu.score === 'calibrated') {
    const same = (kind: keyof Factors): RangeOfThree => [1 / scores[kind], 1 / scores[kind], 1 / scores[kind]]
    const factors = { general: same('general'), kernel: same('kernel'), asym: same('asym'), sym: same('sym') }
    return { factors, origin: 'calibrated' }
  }
  return { factors: derivedFactors(cpu.score), origin: 'derived' }
}

/** Of time that was counted on the reference core itself, at one end of the uncertainty. */
export function referenceFactors(profile: Profile, bound: Bound): Readonly<Record<keyof Factors, number>> {
  const { factors } = factorsOf(profile, referenceScores)
  const index = bounds.indexOf(bound) as 0 | 1 | 2
  const { general, kernel, asym, sym } = factors
  return { general: general[index], kernel: kernel[index], asym: asym[index], sym: sym[index] }
}

/**
 * For machines of 2005 and later: user-mode code by the score ± 35 %, system time a third of it, asymmetric
 * cryptography twice, symmetric the same. All assumed. A kernel that would come out faster than the reference's by that
 * third alone counts as equally fast.
 */
export function derivedFactors(score: number): Factors {
  const mid = referenceScore / score
  const around = (middle: number): RangeOfThree => [middle * 0.65, middle, middle * 1.35]
  return {
    general: around(mid),
    kernel: around(Math.max(mid / 3, Math.min(mid, 1))),
    asym: around(mid * 2),
    sym: around(mid),
  }
}
