/**
 * What a worker has to do, as gauges: read when metrics are asked for, and no sooner; and how late its timers are.
 */
import type { Histogram, Metrics } from '../ports/metrics.ts'
import type { WorkerCore } from './worker-core.ts'

const loopDelayBounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

export function loopDelay(metrics: Metrics): Histogram {
  return metrics.histogram('meridian_event_loop_delay_seconds', 'How late a timer of a worker was', loopDelayBounds)
}

export function publishLoad(core: WorkerCore, metrics: Metrics, gatherMs: number): void {
  const { flows, pending, sent } = core.edge.load
  metrics.gauge('meridian_flows', 'Open flows').set(flows)
  metrics.gauge('meridian_requests_pending', 'Requests that wait for their answer').set(pending)
  metrics.gauge('meridian_forwards_pending', 'Requests forwarded to devices and not answered').set(sent)
  metrics
    .gauge('meridian_gather_seconds', 'Between the starts of two turns of a busy worker, at least; added over workers')
    .set(gatherMs / 1000)
  metrics
    .gauge('meridian_registered_users', 'Users with a binding or a known device')
    .set(core.services.registrar.usersCount)
}
