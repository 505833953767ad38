/**
 * Whether the measured window was steady: the slope of 5 s means over it, by Theil and Sen, which a few outliers do not
 * move. Only of a load that should be steady.
 */
import type { RunRecord, Series, ValidityReading } from '../measure/run-record.ts'

const steadyPresets = ['steady-hour']
/** Series and the part of its mean that it may change over the window. */
const watched = [
  { id: 'server.cpu', name: 'CPU', change: 0.05 },
  { id: 'rate.notify', name: 'notifications', change: 0.05 },
  { id: 'rate.message', name: 'messages', change: 0.05 },
] as const
const meanMs = 5_000
const meansMin = 6

export function steadinessReadings(run: RunRecord): readonly ValidityReading[] {
  if (!steadyPresets.includes(run.preset)) return []
  return watched.flatMap(({ id, name, change }) => {
    const series = run.series.find((each) => each.id === id)
    const means = series ? windowMeans(series, run) : []
    if (means.length < meansMin) return []
    const mean = means.reduce((sum, each) => sum + each, 0) / means.length
    if (mean <= 0) return []
    const drift = (theilSen(means) * (means.length - 1)) / mean
    // A slope that chance explains is none: rates are counts.
    const noise = (2 * deviation(means, mean)) / mean / Math.sqrt(means.length)
    const limit = change + noise
    const shown = `${(drift * 100).toFixed(1)} %`
    const ok = Math.abs(drift) <= limit
    return [{ check: `steady: ${name} over the window`, reading: shown, limit: `± ${(limit * 100).toFixed(1)} %`, ok }]
  })
}

/** The window is what ends with the run; what comes before it is warming up. */
function windowMeans({ t0Ms, stepMs, values }: Series, { windows }: RunRecord): readonly number[] {
  const endMs = t0Ms + values.length * stepMs
  const startMs = Math.max(t0Ms, endMs - windows.measureMs)
  const perMean = Math.max(1, Math.round(meanMs / stepMs))
  const inside = values.slice(Math.ceil((startMs - t0Ms) / stepMs))
  const means: number[] = []
  for (let at = 0; at + perMean <= inside.length; at += perMean) {
    const seen = inside.slice(at, at + perMean).filter((each) => each !== null)
    if (seen.length > 0) means.push(seen.reduce((sum, each) => sum + each, 0) / seen.length)
  }
  return means
}

/** The median of the slopes of all pairs, per step. */
export function theilSen(values: readonly number[]): number {
  const slopes: number[] = []
  for (let left = 0; left < values.length; left++)
    for (let right = left + 1; right < values.length; right++)
      slopes.push((values[right]! - values[left]!) / (right - left))
  slopes.sort((a, b) => a - b)
  const middle = slopes.length >> 1
  if (slopes.length === 0) return 0
  return slopes.length % 2 === 1 ? slopes[middle]! : (slopes[middle - 1]! + slopes[middle]!) / 2
}

function deviation(values: readonly number[], mean: number): number {
  return Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, values.length - 1))
}
