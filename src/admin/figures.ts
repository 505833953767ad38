/**
 * What a server does, from two scrapes of its metrics: what there is now, what happened a second, how long it took,
 * what waits, and what each worker has of it. For `meridian top`, the API's summary and the console.
 */
import { quantileBetween, type Scrape } from './scrape.ts'

export interface Figures {
  /** Of a running server: counts of now. */
  readonly now: Readonly<Record<string, number>>
  readonly perSecond: Readonly<Record<string, number>>
  /** Upper bounds of the histogram's buckets, in seconds; null: nothing happened. */
  readonly latencySeconds: Readonly<Record<string, { readonly p50: number | null; readonly p99: number | null }>>
  readonly waiting: Readonly<Record<string, number>>
  /** In their order. */
  readonly workers: readonly WorkerFigures[]
}

export interface WorkerFigures {
  readonly worker: number
  /** Counts of now; `busy`: the share of the time, 0 to 1. */
  readonly values: Readonly<Record<string, number>>
}

const now = {
  users: 'meridian_registered_users',
  flows: 'meridian_flows',
  subscriptions: 'meridian_subscriptions',
} as const
const rates = {
  requests: 'meridian_requests_total',
  responses: 'meridian_responses_total',
  'messages delivered': 'meridian_messages_delivered_total',
  'messages stored': 'meridian_messages_stored_total',
  publishes: 'meridian_publishes_total',
  notifies: 'meridian_notifies_total',
  'store commits': 'meridian_store_commits_total',
  refused: 'meridian_refused_total',
  overloaded: 'meridian_overloaded_total',
} as const
const latencies = {
  'PUBLISH to NOTIFY': 'meridian_notify_latency_seconds',
  'workers late': 'meridian_event_loop_delay_seconds',
  'store flush': 'meridian_store_flush_seconds',
} as const
const waiting = {
  requests: 'meridian_requests_pending',
  'forwarded requests': 'meridian_forwards_pending',
  'notifies in flight': 'meridian_notifies_in_flight',
  'notifies waiting': 'meridian_notifies_waiting',
} as const

const ofWorkers = {
  users: 'meridian_registered_users',
  flows: 'meridian_flows',
  'requests waiting': 'meridian_requests_pending',
  'forwarded waiting': 'meridian_forwards_pending',
} as const
const workersBusy = 'meridian_worker_busy_ratio'

export function figuresBetween(before: Scrape, after: Scrape, seconds: number): Figures {
  const rate = (name: string) => Math.round(((after.total(name) - before.total(name)) / seconds) * 10) / 10
  const latency = (name: string) => {
    return { p50: quantileBetween(before, after, name, 0.5), p99: quantileBetween(before, after, name, 0.99) }
  }
  return {
    now: mapped(now, (name) => after.total(name)),
    perSecond: mapped(rates, rate),
    latencySeconds: mapped(latencies, latency),
    waiting: mapped(waiting, (name) => after.total(name)),
    workers: workerFigures(after),
  }
}

function workerFigures(scrape: Scrape): readonly WorkerFigures[] {
  const workers = [...scrape.byWorker(ofWorkers.flows).keys()].sort((a, b) => a - b)
  return workers.map((worker) => {
    const of = (name: string) => scrape.byWorker(name).get(worker) ?? 0
    return { worker, values: { ...mapped(ofWorkers, of), busy: Math.round(of(workersBusy) * 1000) / 1000 } }
  })
}

function mapped<T>(names: Readonly<Record<string, string>>, of: (name: string) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(names).map(([title, name]) => [title, of(name)]))
}
