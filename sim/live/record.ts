/** From what the threads have counted to the record of the run, with the readings that could make it invalid. */
import { goodputSeen } from '../measure/goodput.ts'
import { LatencyHistogram, MAX_US } from '../measure/latency-histogram.ts'
import { levelIds } from '../measure/recorder.ts'
import { ratesSeen, recordHead } from '../measure/run-facts.ts'
import {
  type LevelRecord,
  type OperationRecord,
  operationIds,
  type RunRecord,
  type Series,
  type ServerRecord,
  type ValidityReading,
} from '../measure/run-record.ts'
import type { Findings } from '../verify/findings.ts'
import { type ClockAsking, clockReading } from './clock-probe.ts'
import type { FleetResult } from './fleet-words.ts'
import type { RunOptions } from './run-options.ts'

export interface RunFindings {
  behindUs: number
  /** `backUs`: when 99.9 % of the devices were signed in again, told once a second; null: never. */
  readonly restarts: { readonly killedUs: number; readonly readyUs: number; backUs: number | null }[]
  endedEarly: string | null
  /** From the last action to every watcher showing the newest state. */
  convergedUs: number | null
  server: ServerRecord | undefined
  /** Of each thread. */
  clocks: readonly ClockAsking[]
}

export interface RunParts {
  readonly results: readonly FleetResult[]
  readonly findings: Findings
  readonly found: RunFindings
  readonly series: readonly Series[]
}

export function makeRecord(options: RunOptions, { results, findings, found, series }: RunParts): RunRecord {
  const operations = mergeOperations(results)
  const lag = new LatencyHistogram()
  for (const { window } of results) lag.add(window.lag)
  const generator = {
    threads: results.length,
    cpuShare: Math.max(0, ...results.map(({ cpuShare }) => cpuShare)),
    lagUs: lag.toSparse(),
    residentBytes: process.memoryUsage.rss(),
    counts: mergeCounts(results),
  }
  const { plan, preset, speed } = options
  const goodput = plan.kind === 'model' ? goodputSeen(preset, plan.workload, series, speed) : null
  const overflowed = results.reduce((sum, result) => sum + result.overflowed, 0)
  return {
    ...recordHead(options, options.population.users),
    driver: 'live',
    label: 'measured',
    transport: options.target.transport,
    speed: options.speed,
    levels: mergeLevels(results, found),
    operations,
    ...(found.server && { server: found.server }),
    generator,
    series,
    correctness: findings.toRecord(),
    validity: [
      ...generatorReadings(generator, lag, found),
      clockReading(found.clocks),
      ...countReadings(results, overflowed),
    ],
    rates: ratesSeen(options, operations, options.speed),
    ...(goodput && { goodput }),
    ...(found.endedEarly !== null && { endedEarly: found.endedEarly }),
  }
}

function mergeLevels(results: readonly FleetResult[], found: RunFindings): LevelRecord[] {
  const all = results.flatMap(({ window }) => window.levels)
  const levels = levelIds.map((id) => {
    const [latency, service] = [new LatencyHistogram(), new LatencyHistogram()]
    const causes: Record<string, number> = {}
    let failures = 0
    for (const level of all.filter((each) => each.id === id)) {
      latency.add(level.latency)
      service.add(level.service)
      failures += level.failures
      for (const [cause, count] of Object.entries(level.causes)) causes[cause] = (causes[cause] ?? 0) + count
    }
    if (id === 'D6' && found.convergedUs !== null) latency.record(found.convergedUs)
    if (id === 'D8') for (const { killedUs, readyUs } of found.restarts) latency.record(readyUs - killedUs)
    if (id === 'D9') {
      for (const { readyUs, backUs } of found.restarts) {
        if (backUs !== null) latency.record(backUs - readyUs)
        else causes['not back'] = ++failures
      }
    }
    return { id, latency: latency.toSparse(), service: service.toSparse(), failures, causes }
  })
  return levels.filter(({ latency, failures }) => latency.count > 0 || failures > 0)
}

function mergeCounts(results: readonly FleetResult[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [what, count] of results.flatMap(({ window }) => Object.entries(window.counts))) {
    counts[what] = (counts[what] ?? 0) + count
  }
  return counts
}

function mergeOperations(results: readonly FleetResult[]): OperationRecord[] {
  return operationIds.map((id) => {
    const merged = { id, count: 0, bytesIn: 0, bytesOut: 0 }
    for (const operation of results.flatMap(({ window }) => window.operations)) {
      if (operation.id !== id) continue
      merged.count += operation.count
      merged.bytesIn += operation.bytesIn
      merged.bytesOut += operation.bytesOut
    }
    return merged
  })
}

/** When it was the generator that was measured. */
export function generatorReadings(
  generator: Pick<NonNullable<RunRecord['generator']>, 'cpuShare'>,
  lag: LatencyHistogram,
  found: Pick<RunFindings, 'behindUs'>,
): ValidityReading[] {
  const ms = (us: number) => `${(us / 1000).toFixed(1)} ms`
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`
  const p99 = lag.percentileUs(99)
  return [
    {
      check: 'generator: busiest second of a core',
      reading: percent(generator.cpuShare),
      limit: '70 %',
      ok: generator.cpuShare <= 0.7,
    },
    { check: 'generator: sent late, 99 %', reading: ms(p99), limit: '10 ms', ok: p99 <= 10_000 },
    { check: 'generator: sent late, largest', reading: ms(lag.maxUs), limit: '250 ms', ok: lag.maxUs <= 250_000 },
    {
      check: 'generator: behind its plan',
      reading: ms(found.behindUs),
      limit: '1000 ms',
      ok: found.behindUs <= 1_000_000,
    },
  ]
}

/** When something was not counted, or was kept from being. */
export function countReadings(results: readonly Pick<FleetResult, 'window'>[], overflowed: number): ValidityReading[] {
  const clipped = results.flatMap(({ window }) => window.levels).reduce((sum, { latency }) => sum + latency.clipped, 0)
  const limited = results.reduce((sum, { window }) => sum + limiterHits(window.counts), 0)
  return [
    { check: 'verifier: not judged', reading: String(overflowed), limit: '0', ok: overflowed === 0 },
    { check: `latencies beyond ${MAX_US / 1e6} s`, reading: String(clipped), limit: '0', ok: clipped === 0 },
    { check: 'answers by a limiter (429)', reading: String(limited), limit: '0', ok: limited === 0 },
  ]
}

function limiterHits(counts: Readonly<Record<string, number>>): number {
  return Object.entries(counts).reduce((sum, [what, count]) => sum + (/^failed\..*\.429$/.test(what) ? count : 0), 0)
}
