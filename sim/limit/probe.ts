/**
 * One load tried: what the search for the limit asks, and what it is told. A probe is a run of a driver, live or
 * virtual; the search knows nothing of either.
 */

export interface ResourceUse {
  /** Parts of the resource, 1 is all of it. */
  readonly use: number
  readonly target: number
}

export interface ProbeResult {
  /** Every level, target and check of correctness holds. */
  readonly passes: boolean
  /** The load did not settle in its window: it neither passes nor fails. */
  readonly unsteady: boolean
  /** By the resource's name. */
  readonly use: Readonly<Record<string, ResourceUse>>
  /** What did not hold, in words. */
  readonly failing: readonly string[]
}

/** Thrown by a probe that cannot be made at all: the search ends as invalid and says this message. */
export class CannotProbe extends Error {}

/** `windowFactor`: 2 when the window has to be twice as long, because it was unsteady. */
export type Probe = (users: number, seed: number, windowFactor: 1 | 2) => Promise<ProbeResult>

export interface Probed extends ProbeResult {
  readonly users: number
  readonly seed: number
}
