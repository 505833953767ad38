/**
 * Whether the measured window was steady: the slopes of 5 s means over it, whether queues grew, and whether what was
 * asked for was answered. Only of a load that should be steady.
 */
import type { LevelId, RunRecord, Series, ValidityReading } from '../measure/run-record.ts'
import { chanceOfRise, type Reading, theilSen } from './trend.ts'

const steadyPresets = ['steady-hour']

interface Watched {
  /** Of the live driver's curve, and of the virtual one's. */
  readonly ids: readonly string[]
  readonly name: string
  /** Part of its mean that it may change over the window. */
  readonly change: number
}

const curves: readonly Watched[] = [
  { ids: ['server.cpu', 'cpu'], name: 'CPU', change: 0.05 },
  { ids: ['rate.notify', 'notify-rate'], name: 'notifications', change: 0.05 },
  { ids: ['rate.message', 'message-rate'], name: 'messages', change: 0.05 },
]
const heap: Watched = { ids: ['server.heap'], name: 'memory after collections', change: 0.01 }
const queues = [
  { ids: ['server.waiting'], name: 'requests and NOTIFYs that wait' },
  { ids: ['backlog'], name: 'work that waits, ms' },
]
/** Asked for by a client, who waits for the answer. */
const answered: readonly LevelId[] = ['D1', 'D4', 'D7']
const unansweredMax = 0.005
const chanceMin = 0.05
const meanMs = 5_000
/** Fewer show no slope. */
const readingsMin = 6

export function isMeantSteady({ preset }: RunRecord): boolean {
  return steadyPresets.includes(preset)
}

export function steadinessReadings(run: RunRecord): readonly ValidityReading[] {
  if (!isMeantSteady(run)) return []
  return [
    ...curves.flatMap((watched) => slope(watched, windowMeans(seriesOf(run, watched.ids), run))),
    ...memory(run),
    ...queues.flatMap(({ ids, name }) => queue(name, windowMeans(seriesOf(run, ids), run))),
    ...served(run),
  ]
}

function slope({ name, change }: Watched, readings: readonly Reading[]): readonly ValidityReading[] {
  const mean = meanOf(readings)
  if (readings.length < readingsMin || mean <= 0) return []
  const perMs = theilSen(readings)
  const drift = (perMs * (readings.at(-1)!.at - readings[0]!.at)) / mean
  // A slope that chance explains is none: rates are counts. Over n readings a line through them strays by √12·σ/√n.
  const noise = (2 * Math.sqrt(12) * deviationFromLine(readings, perMs)) / mean / Math.sqrt(readings.length)
  const limit = change + noise
  const shown = `${(drift * 100).toFixed(1)} %`
  const ok = Math.abs(drift) <= limit
  return [{ check: `steady: ${name} over the window`, reading: shown, limit: `± ${(limit * 100).toFixed(1)} %`, ok }]
}

/** Each full collection says once what is in use. */
function memory(run: RunRecord): readonly ValidityReading[] {
  const series = seriesOf(run, heap.ids)
  if (!series) return []
  const readings = inWindow(series, run).filter(({ value }, index, all) => value > 0 && value !== all[index - 1]?.value)
  if (readings.length >= readingsMin) return slope(heap, readings)
  const shown = `not judged: ${readings.length} readings`
  return [{ check: `steady: ${heap.name} over the window`, reading: shown, limit: '± 1 %', ok: true }]
}

/** Rises that are less than one that waits are none. */
function queue(name: string, readings: readonly Reading[]): readonly ValidityReading[] {
  if (readings.length < readingsMin) return []
  const chance = chanceOfRise(readings.map(({ value }) => value))
  const rise = theilSen(readings) * (readings.at(-1)!.at - readings[0]!.at)
  const ok = chance > chanceMin || rise < 1
  return [
    { check: `steady: ${name}`, reading: `rise by chance p = ${chance.toFixed(2)}`, limit: `p > ${chanceMin}`, ok },
  ]
}

function served({ levels }: RunRecord): readonly ValidityReading[] {
  const judged = levels.filter(({ id }) => answered.includes(id))
  const count = judged.reduce((sum, { latency }) => sum + latency.count, 0)
  const offered = count + judged.reduce((sum, { failures }) => sum + failures, 0)
  if (offered === 0) return []
  const share = count / offered
  const limit = `${((1 - unansweredMax) * 100).toFixed(1)} % or more`
  const ok = share >= 1 - unansweredMax
  return [{ check: 'steady: served of what was offered', reading: `${(share * 100).toFixed(2)} %`, limit, ok }]
}

function seriesOf({ series }: RunRecord, ids: readonly string[]): Series | undefined {
  return series.find(({ id }) => ids.includes(id))
}

/** Model time, milliseconds. */
function inWindow({ t0Ms, stepMs, values }: Series, { windows, speed = 1 }: RunRecord): readonly Reading[] {
  const endMs = windows.warmUpMs + windows.measureMs
  return values.flatMap((value, index) => {
    const at = t0Ms + index * stepMs * speed
    return value !== null && at >= windows.warmUpMs && at < endMs ? [{ at, value }] : []
  })
}

function windowMeans(series: Series | undefined, run: RunRecord): readonly Reading[] {
  if (!series) return []
  const bins = new Map<number, Reading[]>()
  for (const reading of inWindow(series, run)) {
    const bin = Math.floor((reading.at - run.windows.warmUpMs) / meanMs)
    bins.set(bin, [...(bins.get(bin) ?? []), reading])
  }
  return [...bins].map(([bin, readings]) => ({ at: bin * meanMs, value: meanOf(readings) }))
}

function meanOf(readings: readonly Reading[]): number {
  return readings.reduce((sum, { value }) => sum + value, 0) / Math.max(1, readings.length)
}

function deviationFromLine(readings: readonly Reading[], perMs: number): number {
  const left = readings.map(({ at, value }) => ({ at, value: value - perMs * at }))
  const mean = meanOf(left)
  const squares = left.reduce((sum, { value }) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / Math.max(1, readings.length - 1))
}
