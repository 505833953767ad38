/**
 * What was seen against the service levels, at each conversion for which there is a run.
 */
import { LatencyHistogram } from '../measure/latency-histogram.ts'
import type { LevelRecord, RunRecord } from '../measure/run-record.ts'
import { type Bound, bounds } from '../profiles/range-of-three.ts'
import type { Runs } from './judge-input.ts'
import { type LevelDefinition, levelsFor } from './levels.ts'
import type { ReportLevel } from './report.ts'

/** Fewer say nothing of a 99th percentile. */
const p99SamplesMin = 1_000

export function levelResults(runs: Runs, profile: string): readonly ReportLevel[] {
  if ('only' in runs) return resultsOf(runs.only, 'only', profile)
  return bounds.flatMap((bound) => (runs[bound] ? resultsOf(runs[bound], bound, profile) : []))
}

/** Those that count at a conversion: its own run's, else the middle's. */
export function levelsAt(levels: readonly ReportLevel[], bound: Bound): readonly ReportLevel[] {
  const own = levels.filter((each) => each.bound === bound || each.bound === 'only')
  return own.length > 0 ? own : levels.filter((each) => each.bound === 'mid')
}

function resultsOf(run: RunRecord, bound: ReportLevel['bound'], profile: string): readonly ReportLevel[] {
  const definitions = levelsFor(run.preset, profile)
  return run.levels.flatMap((seen) => {
    const definition = definitions.find(({ id }) => id === seen.id)
    return definition ? [{ ...judgeLevel(withoutShed(seen, run.preset), definition), bound, label: run.label }] : []
  })
}

/** In overload a refusal with 503 is what is asked of a server: work that was shed, and no failure. */
function withoutShed(seen: LevelRecord, preset: string): LevelRecord {
  const { '503': shed = 0, ...causes } = seen.causes
  return preset === 'overload' && shed > 0 ? { ...seen, failures: seen.failures - shed, causes } : seen
}

function judgeLevel(seen: LevelRecord, definition: LevelDefinition): Omit<ReportLevel, 'bound' | 'label'> {
  const histogram = LatencyHistogram.of(seen.latency)
  const ms = (percent: number) => (histogram.count === 0 ? null : histogram.percentileUs(percent) / 1_000)
  const seenMs = { p50: ms(50), p95: ms(95), p99: ms(99), max: histogram.count === 0 ? null : histogram.maxUs / 1_000 }
  const { limitMs, failuresAllowed } = definition
  const p99Judged = limitMs.p99 !== null && histogram.count >= p99SamplesMin
  const within = (kind: keyof typeof seenMs) => limitMs[kind] === null || (seenMs[kind] ?? 0) <= limitMs[kind]
  const latencyOk = within('p50') && within('p95') && within('max') && (!p99Judged || within('p99'))
  const failuresOk = seen.failures <= failuresAllowed * (histogram.count + seen.failures)
  return {
    id: seen.id,
    name: definition.name,
    what: definition.what,
    limitMs: { ...limitMs },
    seenMs,
    count: histogram.count,
    failures: seen.failures,
    failuresAllowed,
    causes: { ...seen.causes },
    p99Judged,
    ok: latencyOk && failuresOk,
  }
}

/** The part of its limit that a level takes at its narrowest place; null where nothing of it was seen. */
export function levelUse({ seenMs, limitMs, p99Judged }: ReportLevel): number | null {
  const parts = (['p50', 'p95', 'p99', 'max'] as const).flatMap((kind) => {
    const [seen, limit] = [seenMs[kind], limitMs[kind]]
    return seen === null || limit === null || (kind === 'p99' && !p99Judged) ? [] : [seen / limit]
  })
  return parts.length === 0 ? null : Math.max(...parts)
}
