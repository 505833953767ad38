/**
 * Calibrates this machine: runs the kernels in a process of their own, pinned to one core, and says how fast the
 * machine is against the reference core.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Calibration, scoresOf, uncertaintyMax, unsteadyKernels } from './calibration.ts'
import { fingerprint } from './fingerprint.ts'
import { type KernelName, kernelNames } from './kernel.ts'
import { fullSlices, type KernelReading, type SliceOptions } from './measure-kernel.ts'

export interface CalibrateOptions extends Partial<SliceOptions> {
  /** The last one where nothing is said: interrupts like the first. */
  readonly core?: number
  readonly acceptNoise?: boolean
  readonly nowMs: number
  readonly commit: string
  readonly onReading?: (name: KernelName, reading: KernelReading) => void
}

export type Calibrated =
  | { readonly ok: true; readonly calibration: Calibration }
  | { readonly ok: false; readonly message: string; readonly calibration: Calibration | null }

export async function calibrate(options: CalibrateOptions): Promise<Calibrated> {
  const core = options.core ?? availableParallelism() - 1
  const pinned = await runKernels(options, ['taskset', '-c', String(core)])
  const ran = pinned ?? (await runKernels(options, []))
  if (ran === null)
    return { ok: false, message: 'the process that runs the kernels could not be started', calibration: null }
  if (typeof ran === 'string') return { ok: false, message: ran, calibration: null }
  const unsteady = unsteadyKernels(ran)
  const calibration: Calibration = {
    schema: 'meridian-calibration/1',
    at: new Date(options.nowMs).toISOString(),
    commit: options.commit,
    machine: fingerprint(),
    core: pinned === null ? null : core,
    kernels: ran,
    scores: scoresOf(ran),
    steady: unsteady.length === 0,
  }
  if (unsteady.length === 0 || options.acceptNoise) return { ok: true, calibration }
  const message =
    `the readings are not known to ${uncertaintyMax * 100} % (${unsteady.join(', ')}): something else is at work on ` +
    'this machine. Stop it and calibrate again, or take the readings with --accept-noise, which marks reports unsteady'
  return { ok: false, message, calibration }
}

type Readings = Record<KernelName, KernelReading>

/** Null where the program that should start it is not there; a text that says how it failed. */
async function runKernels(options: CalibrateOptions, before: readonly string[]): Promise<Readings | string | null> {
  const { slices = fullSlices.slices, sliceMs = fullSlices.sliceMs } = options
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const script = fileURLToPath(new URL(`./kernel-process${extension}`, import.meta.url))
  const line = [...before, process.execPath, script, String(slices), String(sliceMs), ...kernelNames]
  const child = spawn(line[0]!, line.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
  const started = new Promise<boolean>((resolve) => {
    child.once('spawn', () => resolve(true))
    child.once('error', () => resolve(false))
  })
  if (!(await started)) return null
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  const found: Partial<Readings> = {}
  for await (const text of createInterface({ input: child.stdout })) {
    const { name, reading } = JSON.parse(text) as { name: KernelName; reading: KernelReading }
    found[name] = reading
    options.onReading?.(name, reading)
  }
  const [status, signal] = await ended
  const missing = kernelNames.filter((name) => found[name] === undefined)
  if (status === 0 && missing.length === 0) return found as Readings
  return `the kernels ended with ${signal ?? status}; ${missing.join(', ')} did not run`
}
