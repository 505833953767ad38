/**
 * Curves of a virtual run: what each second, or each of some hundred longer steps, was like.
 */
import { servedCurveIds, servedCurves } from '../measure/goodput.ts'
import { LatencyHistogram } from '../measure/latency-histogram.ts'
import type { SecondRecord } from '../measure/recorder.ts'
import type { Series } from '../measure/run-record.ts'

const pointsMax = 600

export interface SampledState {
  readonly registered: number
  /** Of all workers, since the beginning. */
  readonly busyMs: number
  readonly backlogMs: number
}

interface Point {
  seconds: number
  notifies: number
  messages: number
  busyMs: number
  registered: number
  backlogMs: number
  presenceP99Ms: number | null
  /** Answers and states that users had, in all and by kind. */
  readonly served: Map<string, number>
}

export class Samples {
  readonly #stepMs: number
  readonly #points: Point[] = []
  /** Of the newest point: a histogram takes 145 KB, and there are hundreds of points. */
  readonly #presence = new LatencyHistogram()
  #busyBeforeMs = 0

  constructor(durationMs: number) {
    this.#stepMs = Math.max(1_000, Math.ceil(durationMs / pointsMax / 1_000) * 1_000)
  }

  add(modelMs: number, second: SecondRecord, { registered, busyMs, backlogMs }: SampledState): void {
    const at = Math.floor(modelMs / this.#stepMs)
    // Settling, after the run: not a part of the curves.
    if (at >= pointsMax) return
    while (this.#points.length <= at) {
      this.#presence.clear()
      this.#points.push(emptyPoint())
    }
    const point = this.#points[at]!
    point.seconds++
    point.notifies += second.operations.notify
    point.messages += second.operations.message
    point.busyMs += busyMs - this.#busyBeforeMs
    point.registered = registered
    point.backlogMs = Math.max(point.backlogMs, backlogMs)
    for (const [id, count] of servedCurves([second])) {
      point.served.set(id, (point.served.get(id) ?? 0) + count)
    }
    if (second.levels.D5) {
      this.#presence.add(second.levels.D5)
      point.presenceP99Ms = rounded(this.#presence.percentileUs(99) / 1_000)
    }
    this.#busyBeforeMs = busyMs
  }

  toSeries(): readonly Series[] {
    const curve = (id: string, unit: string, value: (point: Point) => number | null): Series => ({
      id,
      unit,
      t0Ms: 0,
      stepMs: this.#stepMs,
      values: this.#points.map((point) => (point.seconds === 0 ? null : value(point))),
    })
    return [
      curve('registered', 'devices', ({ registered }) => registered),
      curve('cpu', 'cores', ({ busyMs, seconds }) => rounded(busyMs / seconds / 1_000)),
      curve('notify-rate', '/s', ({ notifies, seconds }) => rounded(notifies / seconds)),
      curve('message-rate', '/s', ({ messages, seconds }) => rounded(messages / seconds)),
      curve('backlog', 'ms', ({ backlogMs }) => rounded(backlogMs)),
      curve('presence-p99', 'ms', ({ presenceP99Ms }) => presenceP99Ms),
      ...servedCurveIds.map((id) =>
        curve(id, '1/s', ({ served, seconds }) => rounded((served.get(id) ?? 0) / seconds)),
      ),
    ]
  }
}

function emptyPoint(): Point {
  const counts = { seconds: 0, notifies: 0, messages: 0, busyMs: 0, registered: 0, backlogMs: 0 }
  return { ...counts, presenceP99Ms: null, served: new Map() }
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
