/**
 * What a worker has to do: gauges, which are read when metrics are asked for, and no sooner, and counters of its
 * turns.
 */
import type { Counter, Metrics } from '../ports/metrics.ts'
import type { WorkerCore } from './worker-core.ts'
import type { WorkerPressure } from './worker-pressure.ts'

/** `worker`: its number, by which the gauges are told apart. */
export function publishLoad(core: WorkerCore, pressure: WorkerPressure, metrics: Metrics, worker: number): void {
  const { flows, pending, sent } = core.edge.load
  const labels = { worker: String(worker) }
  const gauge = (name: string, help: string, value: number) => metrics.gauge(name, help, labels).set(value)
  gauge('meridian_flows', 'Open flows', flows)
  gauge('meridian_requests_pending', 'Requests that wait for their answer', pending)
  gauge('meridian_forwards_pending', 'Requests forwarded to devices and not answered', sent)
  gauge('meridian_registered_users', 'Users with a binding or a known device', core.services.registrar.usersCount)
  pressure.publish(metrics, worker)
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
