/**
 * What the devices of one thread tell, counted: latencies by service level within the measured window and of the last
 * second, operations with their bytes, how late the thread was. Whether something belongs to the window is decided by
 * when it was due.
 */
import type { Recorder as DeviceRecorder } from '../users/outside.ts'
import { LatencyHistogram, type SparseHistogram } from './latency-histogram.ts'
import { type LevelId, type OperationId, operationIds } from './run-record.ts'

export const levelIds: readonly LevelId[] = ['D1', 'D2', 'D3', 'D4', 'D5', 'D6', 'D7', 'D8', 'D9', 'D10']

/** A state of presence that is told later than this is as good as none (the time of a delivery, like a message's). */
export const stateInTimeUs = 5_000_000

/** States of presence: one for each change and device that watched. */
export interface StateCounts {
  /** Wanted by their users. */
  readonly due: number
  readonly toldInTime: number
}

/** One second of a thread. */
export interface SecondRecord {
  readonly levels: Readonly<Partial<Record<LevelId, SparseHistogram>>>
  readonly operations: Readonly<Record<OperationId, number>>
  readonly states: StateCounts
  readonly failures: number
  readonly lag: SparseHistogram
}

export interface WindowRecord {
  readonly levels: readonly {
    readonly id: LevelId
    readonly latency: SparseHistogram
    readonly service: SparseHistogram
    readonly failures: number
    readonly causes: Readonly<Record<string, number>>
  }[]
  readonly operations: readonly {
    readonly id: OperationId
    readonly count: number
    readonly bytesIn: number
    readonly bytesOut: number
  }[]
  readonly lag: SparseHistogram
  /** Of the whole run: failures outside the window too, and everything else that was counted. */
  readonly counts: Readonly<Record<string, number>>
}

interface LevelCounts {
  readonly latency: LatencyHistogram
  readonly service: LatencyHistogram
  readonly recent: LatencyHistogram
  failures: number
  readonly causes: Record<string, number>
}

interface OperationCounts {
  count: number
  bytesIn: number
  bytesOut: number
  recent: number
}

export class RunRecorder implements DeviceRecorder {
  readonly #levels = new Map<LevelId, LevelCounts>()
  readonly #operations = new Map<OperationId, OperationCounts>()
  readonly #lag = new LatencyHistogram()
  readonly #recentLag = new LatencyHistogram()
  readonly #counts: Record<string, number> = {}
  readonly #nowUs: () => number
  #fromUs = Number.POSITIVE_INFINITY
  #toUs = Number.POSITIVE_INFINITY
  #recentFailures = 0
  #recentDue = 0
  #recentTold = 0

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs
    for (const id of operationIds) this.#operations.set(id, { count: 0, bytesIn: 0, bytesOut: 0, recent: 0 })
  }

  /** What is due from then on, up to then, is measured. */
  setWindow(fromUs: number, toUs: number): void {
    this.#fromUs = fromUs
    this.#toUs = toUs
  }

  latency(id: LevelId, dueUs: number, sentUs: number, doneUs: number): void {
    const level = this.#level(id)
    level.recent.record(doneUs - dueUs)
    if (!this.#isMeasured(dueUs)) return
    level.latency.record(doneUs - dueUs)
    level.service.record(doneUs - sentUs)
  }

  failure(id: LevelId, cause: string, dueUs: number): void {
    const level = this.#level(id)
    this.#recentFailures++
    this.count(`failed.${id}.${cause}`)
    if (!this.#isMeasured(dueUs)) return
    level.failures++
    level.causes[cause] = (level.causes[cause] ?? 0) + 1
  }

  sent(id: OperationId, bytes: number, isNew: boolean): void {
    this.#operation(id, bytes, 0, isNew)
  }

  received(id: OperationId, bytes: number, isNew: boolean): void {
    this.#operation(id, 0, bytes, isNew)
  }

  statesDue(watchers: number): void {
    this.#recentDue += watchers
  }

  stateTold(afterUs: number): void {
    if (afterUs <= stateInTimeUs) this.#recentTold++
  }

  count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1
  }

  lag(us: number): void {
    this.#recentLag.record(us)
    if (this.#isMeasured(this.#nowUs())) this.#lag.record(us)
  }

  /** The second that ends now. */
  takeSecond(): SecondRecord {
    const levels: Partial<Record<LevelId, SparseHistogram>> = {}
    for (const [id, { recent }] of this.#levels) {
      if (recent.count > 0) levels[id] = recent.toSparse()
      recent.clear()
    }
    const operations = {} as Record<OperationId, number>
    for (const [id, operation] of this.#operations) {
      operations[id] = operation.recent
      operation.recent = 0
    }
    const lag = this.#recentLag.toSparse()
    this.#recentLag.clear()
    const failures = this.#recentFailures
    this.#recentFailures = 0
    const states = { due: this.#recentDue, toldInTime: this.#recentTold }
    this.#recentDue = this.#recentTold = 0
    return { levels, operations, states, failures, lag }
  }

  toWindow(): WindowRecord {
    return {
      levels: [...this.#levels].map(([id, { latency, service, failures, causes }]) => ({
        id,
        latency: latency.toSparse(),
        service: service.toSparse(),
        failures,
        causes,
      })),
      operations: [...this.#operations].map(([id, { count, bytesIn, bytesOut }]) => ({ id, count, bytesIn, bytesOut })),
      lag: this.#lag.toSparse(),
      counts: { ...this.#counts },
    }
  }

  #isMeasured(us: number): boolean {
    return us >= this.#fromUs && us < this.#toUs
  }

  #level(id: LevelId): LevelCounts {
    let level = this.#levels.get(id)
    if (!level) {
      const [latency, service, recent] = [new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram()]
      level = { latency, service, recent, failures: 0, causes: {} }
      this.#levels.set(id, level)
    }
    return level
  }

  /** Work counts where it happens, not where it was due: these are rates at the wire. */
  #operation(id: OperationId, bytesIn: number, bytesOut: number, isNew: boolean): void {
    const operation = this.#operations.get(id)!
    if (isNew) operation.recent++
    if (!this.#isMeasured(this.#nowUs())) return
    if (isNew) operation.count++
    operation.bytesIn += bytesIn
    operation.bytesOut += bytesOut
  }
}
