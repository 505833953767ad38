/** The seconds of a run, of all threads together: for the line on the terminal and for the curves of the record. */
import { servedCurves } from '../measure/goodput.ts'
import { LatencyHistogram } from '../measure/latency-histogram.ts'
import { levelIds } from '../measure/recorder.ts'
import { type LevelId, type OperationId, operationIds, type Series } from '../measure/run-record.ts'
import type { FleetSecond } from './fleet-words.ts'
import type { ServerSecond } from './server-watch.ts'

export interface Progress {
  readonly modelMs: number
  readonly phase: 'warm-up' | 'measuring' | 'settling'
  readonly registered: number
  readonly wanted: number
  readonly underWay: number
  /** Of this second. */
  readonly operations: Readonly<Record<OperationId, number>>
  readonly failures: number
  /** Of the last ten seconds. */
  readonly percentilesUs: Readonly<Partial<Record<LevelId, { readonly p50: number; readonly p99: number }>>>
  readonly lagP99Us: number
  readonly behindUs: number
  readonly generatorShare: number
  readonly server: ServerSecond | null
}

const recentSeconds = 10
/** Shown as curves. */
const shownLevels: readonly LevelId[] = ['D1', 'D2', 'D3', 'D4', 'D5', 'D7']

export class ProgressLog {
  readonly #threads: number
  /** The newest second of each thread that was not used yet. */
  readonly #newest: (FleetSecond | null)[]
  readonly #recent: FleetSecond[][] = []
  readonly #values = new Map<string, { unit: string; values: (number | null)[] }>()
  #t0Ms = 0
  #length = 0

  constructor(threads: number) {
    this.#threads = threads
    this.#newest = Array.from({ length: threads }, () => null)
  }

  /** Null while other threads have not told theirs. A thread that is late is not waited for a second time. */
  add(thread: number, second: FleetSecond, at: Pick<Progress, 'modelMs' | 'phase' | 'server'>): Progress | null {
    const isLate = this.#newest[thread] !== null
    if (!isLate) this.#newest[thread] = second
    const told = this.#newest.filter((each) => each !== null)
    if (told.length < this.#threads && !isLate) return null
    this.#newest.fill(null)
    if (isLate) this.#newest[thread] = second
    this.#recent.push(told)
    if (this.#recent.length > recentSeconds) this.#recent.shift()
    const progress = this.#progress(told, at)
    this.#keep(told, progress)
    return progress
  }

  toSeries(): Series[] {
    return [...this.#values].map(([id, { unit, values }]) => ({ id, unit, t0Ms: this.#t0Ms, stepMs: 1000, values }))
  }

  #progress(told: readonly FleetSecond[], at: Pick<Progress, 'modelMs' | 'phase' | 'server'>): Progress {
    const sum = (of: (second: FleetSecond) => number) => told.reduce((total, second) => total + of(second), 0)
    const most = (of: (second: FleetSecond) => number) => Math.max(0, ...told.map(of))
    const lag = new LatencyHistogram()
    for (const second of told) lag.add(second.lag)
    const percentilesUs: Partial<Record<LevelId, { p50: number; p99: number }>> = {}
    for (const id of levelIds) {
      const histogram = this.#merged(this.#recent.flat(), id)
      if (histogram.count === 0) continue
      percentilesUs[id] = { p50: histogram.percentileUs(50), p99: histogram.percentileUs(99) }
    }
    return {
      ...at,
      registered: sum(({ registered }) => registered),
      wanted: sum(({ wanted }) => wanted),
      underWay: sum(({ underWay }) => underWay),
      operations: Object.fromEntries(
        operationIds.map((id) => [id, sum(({ operations }) => operations[id])]),
      ) as Progress['operations'],
      failures: sum(({ failures }) => failures),
      percentilesUs,
      lagP99Us: lag.percentileUs(99),
      behindUs: most(({ behindUs }) => behindUs),
      generatorShare: most(({ cpuShare }) => cpuShare),
    }
  }

  #merged(seconds: readonly FleetSecond[], id: LevelId): LatencyHistogram {
    const histogram = new LatencyHistogram()
    for (const { levels } of seconds) if (levels[id]) histogram.add(levels[id])
    return histogram
  }

  #keep(told: readonly FleetSecond[], progress: Progress): void {
    if (this.#length === 0) this.#t0Ms = progress.modelMs
    const put = (id: string, unit: string, value: number | null) => {
      const series = this.#values.get(id) ?? { unit, values: Array.from({ length: this.#length }, () => null) }
      this.#values.set(id, series)
      series.values.push(value)
    }
    put('registered', 'devices', progress.registered)
    for (const id of operationIds) put(`rate.${id}`, '1/s', progress.operations[id])
    for (const [id, count] of servedCurves(told)) put(id, '1/s', count)
    put('failures', '1/s', progress.failures)
    for (const id of shownLevels) {
      const histogram = this.#merged(told, id)
      for (const percent of [50, 95, 99]) {
        put(`${id}.p${percent}`, 'ms', histogram.count === 0 ? null : histogram.percentileUs(percent) / 1000)
      }
    }
    put('lag.p99', 'ms', progress.lagP99Us / 1000)
    put('generator.cpu', 'share', progress.generatorShare)
    put('server.cpu', 'cores', progress.server?.cpuShare ?? null)
    put('server.resident', 'bytes', progress.server?.residentBytes ?? null)
    put('server.waiting', '', progress.server?.gauges?.waiting ?? null)
    put('server.heap', 'bytes', progress.server?.gauges?.heapBytes ?? null)
    this.#length++
  }
}
