/**
 * The calibration that a report uses: a file that is still true of this machine, else one that is made now.
 */
import { writeFileSync } from 'node:fs'
import { calibrate } from '../profiles/calibrate/calibrate.ts'
import { ageMaxDays, type Calibration, readCalibration } from '../profiles/calibrate/calibration.ts'
import { type Fingerprint, isSameCpu } from '../profiles/calibrate/fingerprint.ts'

export type FoundCalibration =
  | { readonly ok: true; readonly calibration: Calibration }
  | { readonly ok: false; readonly message: string }

export interface CalibrationNeed {
  /** Where one may be. */
  readonly path: string
  /** It was named by the user: where it is wrong that is told, and nothing else is taken. */
  readonly isGiven: boolean
  readonly machine: Fingerprint
  readonly nowMs: number
  readonly commit: string
  readonly say: (line: string) => void
}

const dayMs = 86_400_000

export async function findCalibration(need: CalibrationNeed): Promise<FoundCalibration> {
  const { path, isGiven, machine, nowMs, commit, say } = need
  const read = readCalibration(path)
  if (isGiven) return read
  if (read.ok && isTrueOf(read.calibration, machine, nowMs)) return read
  say('calibrating this machine: half a minute, where it is busy two and a half')
  // Readings that are not well known are taken, and make the report invalid: it says so, which is more than no report.
  const made = await calibrate({ nowMs, commit, acceptNoise: true })
  if (!made.ok) return { ok: false, message: made.message }
  try {
    writeFileSync(path, `${JSON.stringify(made.calibration, null, 2)}\n`)
  } catch (error) {
    say(`the calibration could not be kept in ${path}: ${(error as NodeJS.ErrnoException).code ?? error}`)
  }
  return { ok: true, calibration: made.calibration }
}

function isTrueOf({ at, machine, steady }: Calibration, here: Fingerprint, nowMs: number): boolean {
  return steady && isSameCpu(machine, here) && nowMs - Date.parse(at) <= ageMaxDays * dayMs
}
