/**
 * One kernel measured: slices of CPU time, of which the median counts and the spread says whether it may be believed.
 */
import type { Kernel } from './kernel.ts'

export interface SliceOptions {
  readonly slices: number
  readonly sliceMs: number
}

export const fullSlices: SliceOptions = { slices: 10, sliceMs: 500 }

/** CPU microseconds of one operation. */
export interface KernelReading {
  readonly operation: string
  readonly totalUs: number
  readonly userUs: number
  readonly systemUs: number
  /** (p90 − p10) ÷ median of `totalUs` over the slices. */
  readonly spread: number
  readonly slices: number
}

export async function measureKernel(kernel: Kernel, { slices, sliceMs }: SliceOptions): Promise<KernelReading> {
  const running = await kernel.start()
  const seen: { user: number; system: number; total: number }[] = []
  // Twice, so that what is compiled late is compiled before it counts.
  for (let warmUp = 0; warmUp < 2; warmUp++) await running.slice(sliceMs)
  for (let slice = 0; slice < slices; slice++) {
    const before = process.cpuUsage()
    const operations = await running.slice(sliceMs)
    const { user, system } = process.cpuUsage(before)
    seen.push({ user: user / operations, system: system / operations, total: (user + system) / operations })
  }
  await running.stop()
  const of = (kind: 'user' | 'system' | 'total') => seen.map((each) => each[kind])
  const total = of('total')
  const totalUs = quantile(total, 0.5)
  return {
    operation: kernel.operation,
    totalUs,
    userUs: quantile(of('user'), 0.5),
    systemUs: quantile(of('system'), 0.5),
    spread: (quantile(total, 0.9) - quantile(total, 0.1)) / totalUs,
    slices,
  }
}

/** Between the two nearest, in proportion. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = part * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (at - below)
}
