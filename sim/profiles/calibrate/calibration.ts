/**
 * `calibration.json`: what the kernels cost on one machine, and the scores that follow against the reference core.
 */
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import type { ClassScores } from '../convert.ts'
import type { Fingerprint } from './fingerprint.ts'
import { type KernelName, kernelNames } from './kernel.ts'
import type { KernelReading } from './measure-kernel.ts'
import { reference } from './reference.ts'

/** A median that is known worse than this is refused. */
export const uncertaintyMax = 0.075
/** Older calibrations make a report invalid. */
export const ageMaxDays = 30

export interface Calibration {
  readonly schema: 'meridian-calibration/1'
  readonly at: string
  readonly commit: string
  readonly machine: Fingerprint
  /** The core that it was pinned to; null where it could not be pinned. */
  readonly core: number | null
  readonly kernels: Readonly<Record<KernelName, KernelReading>>
  readonly scores: ClassScores
  /** The median of every kernel that enters the conversion is known well enough. */
  readonly steady: boolean
}

type Readings = Readonly<Record<KernelName, Pick<KernelReading, 'totalUs' | 'systemUs'>>>

/** How fast, R0 being 1: general by both its kernels, symmetric as asymmetric. */
export function scoresOf(kernels: Readings, { kernels: read, scores } = reference): ClassScores {
  const faster = (name: KernelName) => read[name].totalUs / kernels[name].totalUs
  return {
    general: scores.general * Math.sqrt(faster('sip-loop') * faster('json-map')),
    kernel: (scores.kernel * read['echo-net'].systemUs) / kernels['echo-net'].systemUs,
    asym: scores.asym * faster('tls-full'),
    sym: scores.sym * faster('tls-full'),
  }
}

/** In these no score rests: they are shown. */
const shownOnly: readonly KernelName[] = ['int-crc', 'mem-chase', 'tls-resume']

/** Kernels that enter the conversion and whose median is not known well enough, in words. */
export function unsteadyKernels(kernels: Readonly<Record<KernelName, KernelReading>>): readonly string[] {
  return kernelNames
    .filter((name) => !shownOnly.includes(name) && kernels[name].uncertainty > uncertaintyMax)
    .map((name) => `${name}: ± ${(kernels[name].uncertainty * 100).toFixed(1)} %`)
}

const text = v.string()
const reading = v.strictObject({
  operation: text,
  totalUs: v.pipe(v.number(), v.gtValue(0)),
  userUs: v.number(),
  systemUs: v.number(),
  spread: v.number(),
  uncertainty: v.number(),
  slices: v.number(),
})
const positive = v.pipe(v.number(), v.gtValue(0))

const calibrationSchema = v.strictObject({
  schema: v.literal('meridian-calibration/1'),
  at: v.pipe(text, v.isoTimestamp()),
  commit: text,
  machine: v.strictObject({
    cpu: text,
    cpuId: text,
    microcode: text,
    cores: v.number(),
    memoryMb: v.number(),
    kernel: text,
    governor: text,
    runtime: text,
    virtual: v.boolean(),
  }),
  core: v.nullable(v.number()),
  kernels: v.strictObject(
    Object.fromEntries(kernelNames.map((name) => [name, reading])) as Record<KernelName, typeof reading>,
  ),
  scores: v.strictObject({ general: positive, kernel: positive, asym: positive, sym: positive }),
  steady: v.boolean(),
})

export type ReadCalibration =
  | { readonly ok: true; readonly calibration: Calibration }
  | { readonly ok: false; readonly message: string }

export function readCalibration(path: string): ReadCalibration {
  const again = 'run `meridian sim profiles calibrate`'
  try {
    const parsed = v.safeParse(calibrationSchema, JSON.parse(readFileSync(path, 'utf8')))
    if (parsed.success) return { ok: true, calibration: parsed.output }
    const [issue] = parsed.issues
    const place = v.getDotPath(issue) ?? 'the file'
    return { ok: false, message: `${path}: ${place}: ${issue.message}; ${again}` }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { ok: false, message: `${path}: ${code === 'ENOENT' ? 'there is no such file' : message}; ${again}` }
  }
}
