/**
 * What a worker has to do, as gauges: read when metrics are asked for, and no sooner.
 */
import type { Metrics } from '../ports/metrics.ts'
import type { WorkerCore } from './worker-core.ts'

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
