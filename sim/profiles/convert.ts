/**
 * From CPU time on one machine to CPU time on a profile's, with its uncertainty, and what follows for the disk.
 *
 * One factor for everything would be dishonest: user-mode code gained 20 to 60 times since a Pentium 4, system calls
 * perhaps 6, latency-bound loops 2.5. So a cost is split into classes and each is converted by its own range.
 */
import type { FactorClass, Factors, Profile } from './profile.ts'
import { type ByBound, byBound } from './range-of-three.ts'

/** CPU time of an operation, in any one unit. */
export interface CostSplit {
  /** User mode, cryptography included. */
  readonly user: number
  readonly system: number
  /** Of `user`: asymmetric cryptography, counted handshakes × calibrated cost. */
  readonly asymmetric: number
  /** Of `user`: symmetric cryptography and hashes. */
  readonly symmetric: number
}

/** How fast the measuring machine is in each class, the reference core R0 being 1. */
export type ClassScores = Readonly<Record<FactorClass, number>>

export const referenceScores: ClassScores = { general: 1, kernel: 1, asym: 1, sym: 1 }

/** Time on one CPU of the profile: κ·q of each class times its part. */
export function convertCost(cost: CostSplit, factors: Factors, scores: ClassScores): ByBound {
  const { user, system, asymmetric, symmetric } = cost
  const part = (kind: FactorClass, index: 0 | 1 | 2, time: number) => factors[kind][index] * scores[kind] * time
  return byBound(
    (_, index) =>
      part('general', index, Math.max(0, user - asymmetric - symmetric)) +
      part('kernel', index, system) +
      part('asym', index, asymmetric) +
      part('sym', index, symmetric),
  )
}

/** κ of the mix: how many times as long this cost takes on the profile. 1 where nothing was used. */
export function mixFactor(cost: CostSplit, factors: Factors, scores: ClassScores): ByBound {
  const converted = convertCost(cost, factors, scores)
  const total = cost.user + cost.system
  return byBound((bound) => (total > 0 ? converted[bound] / total : 1))
}

/** Part of all CPUs of the profile that a cost per second takes; `costPerSecond` in seconds. */
export function cpuUse(costPerSecond: CostSplit, profile: Profile, factors: Factors, scores: ClassScores): ByBound {
  const converted = convertCost(costPerSecond, factors, scores)
  return byBound((bound) => converted[bound] / profile.cpu.count)
}

/**
 * Commits per second with group commit: while one flush runs, the next writes gather. C = 1/(t + e^(−W·t)/W) for W
 * writes per second and a flush of t.
 */
export function commitsPerSecond(writesPerSecond: number, flushMs: number): number {
  if (writesPerSecond <= 0) return 0
  const flush = flushMs / 1_000
  return 1 / (flush + Math.exp(-writesPerSecond * flush) / writesPerSecond)
}

/** The part of the time that the disk is busy with so many flushes, and the most that it can do. */
export function diskUse(flushesPerSecond: number, meanFlushMs: number): { use: number; mostPerSecond: number } {
  const mostPerSecond = meanFlushMs > 0 ? 1_000 / meanFlushMs : Number.POSITIVE_INFINITY
  return { use: flushesPerSecond / mostPerSecond, mostPerSecond }
}
