/**
 * What a worker has to do: gauges, which are read when metrics are asked for, and no sooner; how late its timers are;
 * and counters of its turns.
 */
import type { Counter, Histogram, Metrics } from '../ports/metrics.ts'
import type { BusyShare } from './busy-share.ts'
import type { WorkerCore } from './worker-core.ts'

const loopDelayBounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

export function loopDelay(metrics: Metrics): Histogram {
  return metrics.histogram('meridian_event_loop_delay_seconds', 'How late a timer of a worker was', loopDelayBounds)
}

/** `worker`: its number, by which the gauges are told apart. */
export interface WorkerPace {
  readonly worker: number
  readonly busy: BusyShare
}

export function publishLoad(core: WorkerCore, metrics: Metrics, { worker, busy }: WorkerPace): void {
  const { flows, pending, sent } = core.edge.load
  const labels = { worker: String(worker) }
  const gauge = (name: string, help: string, value: number) => metrics.gauge(name, help, labels).set(value)
  gauge('meridian_flows', 'Open flows', flows)
  gauge('meridian_requests_pending', 'Requests that wait for their answer', pending)
  gauge('meridian_forwards_pending', 'Requests forwarded to devices and not answered', sent)
  gauge('meridian_registered_users', 'Users with a binding or a known device', core.services.registrar.usersCount)
  gauge('meridian_worker_busy_ratio', 'Share of its time in which a worker is at work, of the last second', busy.share)
}

/** How often a worker began to work, and how long it rested in between (`gathering.ts`). */
export class TurnCounts {
  readonly #turns: Counter
  readonly #rested: Counter

  constructor(metrics: Metrics) {
    this.#turns = metrics.counter('meridian_turns_total', 'Turns of the event loop in which a worker did anything')
    this.#rested = metrics.counter('meridian_rested_seconds_total', 'Rests of workers, in which work is gathered')
  }

  count(restedMs: number): void {
    this.#turns.inc()
    if (restedMs > 0) this.#rested.inc(restedMs / 1_000)
  }
}
