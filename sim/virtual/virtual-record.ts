/**
 * From what a virtual run has counted to its record. Counts are those of the server's own code; time and memory come of
 * the cost model and are projected.
 */

import type { MessageKind } from '../cost/cost-model.ts'
import { goodputSeen } from '../measure/goodput.ts'
import { LatencyHistogram } from '../measure/latency-histogram.ts'
import type { WindowRecord } from '../measure/recorder.ts'
import { ratesSeen, recordHead } from '../measure/run-facts.ts'
import type { CorrectnessRecord, LevelRecord, RunRecord, Series, ServerRecord } from '../measure/run-record.ts'
import type { VirtualRunOptions } from './virtual-run-options.ts'

interface Reading {
  readonly userUs: number
  readonly systemUs: number
  readonly busyMs: number
  readonly byKindMs: ReadonlyMap<MessageKind, number>
  readonly flushes: number
  readonly writes: number
}

export interface VirtualFindings {
  readonly window: WindowRecord
  readonly correctness: CorrectnessRecord
  readonly overflowed: number
  readonly before: Reading
  readonly after: Reading
  readonly busiestSecond: number
  readonly convergedUs: number | null
  readonly restarts: readonly { readonly killedMs: number; readonly readyMs: number }[]
  readonly series: readonly Series[]
  readonly traceHash: string
  /** Events that were planned, of the whole run. */
  readonly events: number
}

export function virtualRecord(options: VirtualRunOptions, found: VirtualFindings): RunRecord {
  const { window, correctness, overflowed, series, traceHash } = found
  const { preset, workload } = options
  const goodput = workload ? goodputSeen(preset, workload, series, 1) : null
  return {
    ...recordHead(options, options.population.users),
    driver: 'virtual',
    label: 'projected',
    transport: 'tcp',
    levels: levels(found),
    operations: window.operations,
    server: server(options, found),
    series,
    correctness,
    validity: [
      { check: 'verifier: not judged', reading: String(overflowed), limit: '0', ok: overflowed === 0 },
      {
        check: 'cost model: live runs that it was fitted to',
        reading: String(options.costs.runs),
        limit: 'at least 1',
        ok: options.costs.runs > 0,
      },
    ],
    rates: ratesSeen(options, window.operations, 1),
    ...(goodput && { goodput }),
    traceHash,
  }
}

function levels({ window, convergedUs, restarts }: VirtualFindings): LevelRecord[] {
  const all: LevelRecord[] = [...window.levels]
  if (convergedUs !== null) all.push(once('D6', [convergedUs]))
  if (restarts.length > 0) {
    all.push(
      once(
        'D8',
        restarts.map(({ killedMs, readyMs }) => (readyMs - killedMs) * 1_000),
      ),
    )
  }
  return all
}

function once(id: LevelRecord['id'], values: readonly number[]): LevelRecord {
  const latency = new LatencyHistogram()
  for (const value of values) latency.record(value)
  return { id, latency: latency.toSparse(), service: latency.toSparse(), failures: 0, causes: {} }
}

function server(options: VirtualRunOptions, found: VirtualFindings): ServerRecord {
  const { costs, speed, population, workers, windows } = options
  const { before, after, busiestSecond, events } = found
  const { baseMb, deviceKb, contactBytes } = costs.memory
  const { idle } = costs
  const seconds = windows.measureMs / 1_000
  let devices = 0
  let contacts = 0
  for (let user = 0; user < population.users; user++) {
    devices += population.devicesOf(user)
    contacts += population.contactsOf(user).length * population.devicesOf(user)
  }
  const residentBytes = baseMb * 1e6 + devices * deviceKb * 1024 + contacts * contactBytes
  const idleUserUs = Math.round(idle.userUs * seconds * speed.userFactor)
  const idleSystemUs = Math.round(idle.systemUs * seconds * speed.systemFactor)
  const busyUs = (after.busyMs - before.busyMs) * 1_000
  return {
    name: 'meridian',
    version: costs.commit,
    cpuUserUs: Math.round((after.userUs - before.userUs) * speed.userFactor) + idleUserUs,
    cpuSystemUs: Math.round((after.systemUs - before.systemUs) * speed.systemFactor) + idleSystemUs,
    idle: { seconds, cpuUserUs: idleUserUs, cpuSystemUs: idleSystemUs },
    threads: [{ name: `busiest of ${workers} workers`, cpuUs: Math.round(busyUs / workers), busiestSecond }],
    residentBaseBytes: baseMb * 1e6,
    residentBytes,
    residentMaxBytes: residentBytes,
    writtenBytes: 0,
    storeBytes: 0,
    commits: after.flushes - before.flushes,
    writes: after.writes - before.writes,
    counters: { events, ...workCounters(before, after) },
  }
}

/** Named like the spans of a server that runs, from which reports tell what an operation costs (`report/work.ts`). */
function workCounters(before: Reading, after: Reading): Record<string, number> {
  const spent = [...after.byKindMs].flatMap(([kind, ms]) => {
    const seconds = (ms - (before.byKindMs.get(kind) ?? 0)) / 1_000
    return seconds > 0 ? [[`meridian_work_seconds_total{work="request.${kind}"}`, seconds] as const] : []
  })
  return Object.fromEntries(spent)
}
