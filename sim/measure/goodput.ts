/**
 * Goodput (D10): what a server answers in time when it is asked for more than it carries, against what it answers at
 * its limit. Counted are answers to REGISTER and MESSAGE, first full states and states that arrived: what users have
 * of it; refusals and what never came are none.
 */
import type { Hold } from '../workload/holds.ts'
import type { SparseHistogram } from './latency-histogram.ts'
import type { Goodput, LevelId, Series } from './run-record.ts'

const served: readonly LevelId[] = ['D1', 'D4', 'D5', 'D7']

/** Of one second. */
export function servedIn(levels: Readonly<Partial<Record<LevelId, SparseHistogram>>>): number {
  return served.reduce((sum, id) => sum + (levels[id]?.count ?? 0), 0)
}

/**
 * `times`: how many times the limit the largest step is. Null where the curve does not cover the step at the limit and
 * the largest one.
 */
export function goodputOf(holds: readonly Hold[], times: number, curve: Series | undefined, speed = 1): Goodput | null {
  if (!curve) return null
  const steps = holds.flatMap(({ share, fromMs, toMs }) => {
    const values = curve.values.filter((value, index): value is number => {
      const at = curve.t0Ms + index * curve.stepMs * speed
      return value !== null && at >= fromMs && at < toMs
    })
    const load = Number((share * times).toPrecision(6))
    const servedPerSecond = values.reduce((sum, value) => sum + value, 0) / values.length
    return values.length === 0 ? [] : [{ load, servedPerSecond }]
  })
  const at = (load: number) => steps.find((step) => step.load === load)?.servedPerSecond ?? 0
  return at(1) > 0 && steps.at(-1)!.load === times ? { steps, ratio: at(times) / at(1) } : null
}
