/** What a capacity report is asked for. */
import type { Calibration } from '../profiles/calibrate/calibration.ts'
import type { Fingerprint } from '../profiles/calibrate/fingerprint.ts'
import type { LiveContext } from './live-load.ts'
import type { LoadOf } from './load.ts'

/** Held: inside the profile, by control groups. */
export type How = 'unthrottled' | 'held' | 'virtual'

export interface CapacityOptions extends LiveContext {
  readonly users: number
  readonly seed: number
  readonly loadOf: LoadOf
  readonly how: How
  /** The largest load that passes is searched as well. */
  readonly isSearched: boolean
  /** How the limit moves with the users is tried as well, in virtual time. */
  readonly isSensitivityAsked: boolean
  readonly calibration: Calibration | null
  readonly machine: Fingerprint
  readonly commit: string
  readonly nowMs: number
  /** Records are kept here. */
  readonly folder: string
  readonly warnings: readonly string[]
  readonly onVirtual: (modelMs: number, endMs: number) => void
}
