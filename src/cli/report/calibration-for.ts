/** The calibration that a command uses: the named file, one that is there, one made now; none where none is needed. */
import { resolve } from 'node:path'
import type { Calibration } from '../../../sim/profiles/calibrate/calibration.ts'
import type { Fingerprint } from '../../../sim/profiles/calibrate/fingerprint.ts'
import type { Profile } from '../../../sim/profiles/profile.ts'
import { findCalibration } from '../../../sim/report-run/find-calibration.ts'
import { type CommandIo, misconfigured, type Outcome } from '../command.ts'

export interface CalibrationAsked {
  readonly options: Readonly<Record<string, unknown>>
  readonly io: Pick<CommandIo, 'cwd'>
  readonly profile: Profile
  readonly isVirtual: boolean
  readonly machine: Fingerprint
  readonly commit: string
  readonly nowMs: number
  readonly say: (line: string) => void
}

export type CalibrationFound =
  | { readonly ok: true; readonly calibration: Calibration | null }
  | { readonly ok: false; readonly outcome: Outcome }

export async function calibrationFor(asked: CalibrationAsked): Promise<CalibrationFound> {
  const { options, io, profile, isVirtual, ...need } = asked
  // In virtual time costs are those of the reference core; and what runs as it is needs no conversion.
  if (isVirtual || profile.cpu.score === 'calibrated') return { ok: true, calibration: null }
  const given = options.calibration
  const path = resolve(io.cwd, String(given ?? 'calibration.json'))
  const found = await findCalibration({ ...need, path, isGiven: given !== undefined })
  return found.ok ? found : { ok: false, outcome: misconfigured(found.message) }
}
