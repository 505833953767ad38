/**
 * Kernels measured in turns: slices of CPU time, of which the median counts, until it is known well enough. In turns,
 * because what disturbs a shared machine lasts for seconds: all kernels meet it, and no kernel meets only it.
 */
import type { Kernel, RunningKernel } from './kernel.ts'

export interface SliceOptions {
  /** Of each kernel, at least. */
  readonly slices: number
  readonly sliceMs: number
}

export const fullSlices: SliceOptions = { slices: 16, sliceMs: 250 }
/** Turns go on until the median of each kernel is known this well (see `KernelReading.uncertainty`) … */
const uncertaintyAim = 0.04
/** … or until this many times the slices that were asked for: a machine that is still unsteady then will stay so. */
export const patience = 4

/** CPU microseconds of one operation. */
export interface KernelReading {
  readonly operation: string
  readonly totalUs: number
  readonly userUs: number
  readonly systemUs: number
  /** (p90 − p10) ÷ median of `totalUs` over the slices: how restless the machine is. */
  readonly spread: number
  /** Half the 95 % interval of the median of `totalUs` ÷ that median: how well it is known. */
  readonly uncertainty: number
  readonly slices: number
}

interface Slice {
  readonly user: number
  readonly system: number
  readonly total: number
}

interface Measured {
  readonly kernel: Kernel
  readonly running: RunningKernel
  readonly seen: Slice[]
}

/** In the order of the kernels. */
export async function measureKernels(
  kernels: readonly Kernel[],
  { slices, sliceMs }: SliceOptions,
): Promise<readonly KernelReading[]> {
  const measured: Measured[] = []
  for (const kernel of kernels) measured.push({ kernel, running: await kernel.start(), seen: [] })
  // Twice, so that what is compiled late is compiled before it counts.
  for (let warmUp = 0; warmUp < 2; warmUp++) for (const { running } of measured) await running.slice(sliceMs)
  const isKnown = ({ seen }: Measured) => seen.length >= slices && uncertaintyOf(seen) <= uncertaintyAim
  for (let turn = 0; turn < patience * slices && !measured.every(isKnown); turn++) {
    for (const { running, seen } of measured) seen.push(await oneSlice(running, sliceMs))
  }
  for (const { running } of measured) await running.stop()
  return measured.map(readingOf)
}

async function oneSlice(running: RunningKernel, sliceMs: number): Promise<Slice> {
  const before = process.cpuUsage()
  const operations = await running.slice(sliceMs)
  const { user, system } = process.cpuUsage(before)
  return { user: user / operations, system: system / operations, total: (user + system) / operations }
}

function readingOf({ kernel, seen }: Measured): KernelReading {
  const of = (kind: keyof Slice) => seen.map((each) => each[kind])
  const total = of('total')
  const totalUs = quantile(total, 0.5)
  return {
    operation: kernel.operation,
    totalUs,
    userUs: quantile(of('user'), 0.5),
    systemUs: quantile(of('system'), 0.5),
    spread: (quantile(total, 0.9) - quantile(total, 0.1)) / totalUs,
    uncertainty: uncertaintyOf(seen),
    slices: seen.length,
  }
}

function uncertaintyOf(seen: readonly Slice[]): number {
  return medianUncertainty(seen.map(({ total }) => total))
}

/**
 * Half the 95 % interval of the median ÷ the median, by order statistics: the ranks n/2 ± 0.98·√n, whatever the
 * distribution. Few values are known by their range at best.
 */
export function medianUncertainty(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const count = sorted.length
  const reach = 0.98 * Math.sqrt(count)
  const low = sorted[Math.max(0, Math.floor(count / 2 - reach))]!
  const high = sorted[Math.min(count - 1, Math.ceil(count / 2 + reach))]!
  return (high - low) / 2 / quantile(values, 0.5)
}

/** Between the two nearest, in proportion. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = part * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (at - below)
}
