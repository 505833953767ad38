/**
 * `meridian sim profiles calibrate`: how fast this machine is against the reference core, into calibration.json.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { calibrate } from '../../../sim/profiles/calibrate/calibrate.ts'
import type { Calibration } from '../../../sim/profiles/calibrate/calibration.ts'
import { codeCommit } from '../../../sim/profiles/calibrate/code-commit.ts'
import { describeCalibration } from '../../../sim/profiles/calibrate/describe-calibration.ts'
import {
  type CommandDescription,
  done,
  doneWithWarnings,
  exitCodes,
  failed,
  type Invocation,
  misused,
  type Outcome,
} from '../command.ts'
import { fileFault } from '../file-fault.ts'
import { wholeNumber } from '../whole-number.ts'

export const description: CommandDescription = {
  path: ['sim', 'profiles', 'calibrate'],
  purpose: 'measure how fast this machine is against the reference core',
  details: [
    'Eight kernels in turns of a quarter of a second, pinned to one core, until the median of each is known to 4 %:',
    'half a minute on a quiet machine, two and a half minutes at most. What is then not known to 7.5 % is refused,',
    'because something else is at work on the machine.',
  ].join(' '),
  options: [
    { flags: '--out <file>', text: 'where the readings go', default: 'calibration.json' },
    { flags: '--core <number>', text: 'the core to pin to, from 0', default: 'the last one' },
    {
      flags: '--accept-noise',
      text: 'take readings that are not well known; reports made with them are marked unsteady',
    },
    { flags: '--slice <ms>', text: 'milliseconds of a slice', default: '250' },
  ],
  withoutConfig: true,
  examples: [
    { line: 'meridian sim profiles calibrate', text: 'once a month, or when the machine has changed' },
    { line: 'meridian sim profiles calibrate --accept-noise --out /tmp/c.json', text: 'on a machine that is shared' },
  ],
  exitCodes: { 1: 'the file cannot be written', 2: 'unsteady, and taken', 3: 'unsteady, and refused' },
}

export async function run({ options, io }: Invocation): Promise<Outcome> {
  const core = wholeOf(options.core, 0, 4_095)
  const sliceMs = wholeOf(options.slice, 10, 60_000)
  if (core === null) return misused('--core: expected a whole number from 0')
  if (sliceMs === null) return misused('--slice: expected a whole number of milliseconds from 10 to 60000')
  const calibrated = await calibrate({
    nowMs: Date.now(),
    commit: codeCommit(),
    acceptNoise: options.acceptNoise === true,
    ...(core === undefined ? {} : { core }),
    ...(sliceMs === undefined ? {} : { sliceMs }),
  })
  if (!calibrated.ok) {
    const text = calibrated.calibration === null ? '' : describeCalibration(calibrated.calibration)
    return { ...failed(calibrated.message, calibrated.calibration, text), exitCode: exitCodes.inconclusive }
  }
  const path = resolve(io.cwd, String(options.out ?? 'calibration.json'))
  return write(calibrated.calibration, path)
}

function write(calibration: Calibration, path: string): Outcome {
  try {
    writeFileSync(path, `${JSON.stringify(calibration, null, 2)}\n`)
  } catch (error) {
    return failed(`cannot write ${path}: ${fileFault(error)}`)
  }
  const text = `${describeCalibration(calibration)}\nwritten to ${path}`
  if (calibration.steady) return done(calibration, text)
  return doneWithWarnings(calibration, text, [
    'the readings are not well known; reports made with them are marked unsteady',
  ])
}

/** Undefined where nothing was given, null where it is no such number. */
function wholeOf(given: unknown, min: number, max: number): number | null | undefined {
  return given === undefined ? undefined : wholeNumber(given, min, max)
}
