/**
 * What monitoring asks: is it alive, started, ready, and its metrics (`/healthz`, `/startupz`, `/readyz`,
 * `/metrics`). The web listeners of the workers ask main, which alone sees all.
 */
import type { HealthReport } from '../admin/index.ts'
import {
  type MetricSample,
  mergeSnapshots,
  prometheusContentType,
  renderPrometheus,
  type WorkerPool,
} from '../runtime/index.ts'
import { flushBounds, type StoreCounts } from '../store/index.ts'
import type { StoreHealth } from './store-health.ts'

/** What of a server says how it is. */
export interface HealthParts {
  readonly pool: WorkerPool | null
  readonly store: { readonly counts: StoreCounts } | null
  readonly storeHealth: StoreHealth
  readonly live: { readonly samples: readonly MetricSample[] } | null
  readonly directory: { readonly samples: readonly MetricSample[] } | null
  readonly topology: { readonly samples: readonly MetricSample[] } | null
  readonly admin: { readonly samples: readonly MetricSample[] } | null
  readonly state: { readonly draining: boolean; readonly started: boolean }
}

export interface HttpAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
}

export function health({ pool, storeHealth, state }: HealthParts): HealthReport {
  const workers = (pool?.states ?? []).map(({ worker, state: workerState, incarnation }) => {
    return { name: `worker ${worker}`, ok: workerState === 'listening', detail: `${workerState}, start ${incarnation}` }
  })
  const store = { name: 'store', ok: storeHealth.fault === null, detail: storeHealth.fault ?? 'writable' }
  const draining = { name: 'draining', ok: !state.draining, detail: state.draining ? 'yes' : 'no' }
  const checks = [...workers, store, draining]
  return { ready: checks.every(({ ok }) => ok), checks }
}

export async function metricsText(parts: HealthParts): Promise<string> {
  const { pool, store, live, topology, directory, admin } = parts
  const others = [live, topology, directory, admin].flatMap((each) => each?.samples ?? [])
  const own = [...storeSamples(store?.counts), ...others]
  return renderPrometheus(mergeSnapshots([...((await pool?.metrics()) ?? []), own]))
}

function storeSamples(counts: StoreCounts | undefined): MetricSample[] {
  if (!counts) return []
  const counter = { kind: 'counter', labels: {}, bounds: [], counts: [] } as const
  return [
    { ...counter, name: 'meridian_store_commits_total', help: 'Commits to the store.', value: counts.commits },
    { ...counter, name: 'meridian_store_records_total', help: 'Records put and removed.', value: counts.records },
    {
      name: 'meridian_store_flush_seconds',
      kind: 'histogram',
      help: 'From a commit to its flush.',
      labels: {},
      value: counts.flushSeconds,
      bounds: flushBounds,
      counts: counts.flushes,
    },
  ]
}

export async function answerHttp(parts: HealthParts, path: string): Promise<HttpAnswer> {
  const text = (status: number, body: string) => ({ status, type: 'text/plain; charset=utf-8', body: `${body}\n` })
  switch (path) {
    case '/metrics':
      return { status: 200, type: prometheusContentType, body: await metricsText(parts) }
    case '/healthz':
      return text(200, 'alive')
    case '/startupz':
      return parts.state.started ? text(200, 'started') : text(503, 'starting')
    default: {
      const report = health(parts)
      const bad = report.checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`)
      return report.ready ? text(200, 'ready') : text(503, bad.join('; '))
    }
  }
}
