/**
 * What the virtual driver predicts against what a live run of the same workload and seed took (CAPACITY H.4): processor
 * time, commits and memory within a fifth, latencies within a factor of two, counts within 2 %.
 */
import { LatencyHistogram } from '../measure/latency-histogram.ts'
import { ownBytes } from '../measure/own-memory.ts'
import type { LevelId, OperationId, RunRecord } from '../measure/run-record.ts'

export interface ComparedReading {
  readonly what: string
  readonly unit: string
  readonly observed: number
  readonly predicted: number
  /** Predicted by observed; null where there was too little to see. */
  readonly ratio: number | null
  readonly from: number
  readonly to: number
  readonly isOk: boolean
}

const fifth = { from: 0.8, to: 1.25 }
const twofold = { from: 0.5, to: 2 }
const exact = { from: 0.98, to: 1.02 }
const latencyLevels: readonly LevelId[] = ['D1', 'D3', 'D5']
const operations: readonly OperationId[] = ['register', 'subscribe', 'publish', 'notify', 'message', 'typing']
/** Of fewer no ratio is drawn: chance makes more of a difference than any fault would. */
const countMin = 200

/** Both records need a server. Throws where one has none. */
export function compareDrivers(live: RunRecord, virtual: RunRecord): readonly ComparedReading[] {
  const [observed, predicted] = [serverOf(live), serverOf(virtual)]
  return [
    row('processor time', 'core', observed.cores, predicted.cores, fifth, observed.cores >= 0.005),
    row('commits', '/s', observed.commits, predicted.commits, fifth, observed.commits * seconds(live) >= countMin),
    row('memory', 'MB', observed.memoryMb, predicted.memoryMb, fifth, true),
    ...latencyLevels.map((id) => latencyRow(id, live, virtual)),
    ...operations.map((id) => countRow(id, live, virtual)),
  ]
}

function serverOf(record: RunRecord): { cores: number; commits: number; memoryMb: number } {
  const { server } = record
  if (!server) throw new Error(`the ${record.driver} run of ${record.preset} tells nothing of its server`)
  const cores = (server.cpuUserUs + server.cpuSystemUs) / 1e6 / seconds(record)
  return { cores, commits: server.commits / seconds(record), memoryMb: ownBytes(server) / 1e6 }
}

function seconds({ windows, speed = 1 }: RunRecord): number {
  return windows.measureMs / 1_000 / speed
}

function latencyRow(id: LevelId, live: RunRecord, virtual: RunRecord): ComparedReading {
  const [one, other] = [live, virtual].map(({ levels }) => {
    const level = levels.find((each) => each.id === id)
    return level ? LatencyHistogram.of(level.latency) : new LatencyHistogram()
  }) as [LatencyHistogram, LatencyHistogram]
  const isSeen = Math.min(one.count, other.count) >= countMin
  return row(`${id} p95`, 'ms', p95Ms(one), p95Ms(other), twofold, isSeen)
}

function p95Ms(histogram: LatencyHistogram): number {
  return histogram.count === 0 ? 0 : histogram.percentileUs(95) / 1_000
}

function countRow(id: OperationId, live: RunRecord, virtual: RunRecord): ComparedReading {
  const [one, other] = [live, virtual].map((record) => {
    return record.operations.find((operation) => operation.id === id)?.count ?? 0
  }) as [number, number]
  return row(id, 'messages', one, other, exact, one >= countMin)
}

function row(
  what: string,
  unit: string,
  observed: number,
  predicted: number,
  { from, to }: { readonly from: number; readonly to: number },
  isSeen: boolean,
): ComparedReading {
  const ratio = isSeen && observed > 0 ? predicted / observed : null
  return { what, unit, observed, predicted, ratio, from, to, isOk: ratio === null || (ratio >= from && ratio <= to) }
}
