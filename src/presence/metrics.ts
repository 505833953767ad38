/**
 * The counters of presence, all in one place.
 */
import type { Counter, Gauge, Histogram, Metrics } from '../ports/metrics.ts'
import { type Rejection, refusalCounters } from '../shard/index.ts'
import { documentRejections } from './publishing/check-document.ts'
import { tooBrief } from './publishing/publish-request.ts'
import * as rejections from './rejections.ts'

export interface PresenceMetrics {
  readonly published: Counter
  /** Watchers of a change, over all shards. */
  readonly fanOut: Histogram
  readonly watched: Gauge
  /** Times that both ends of the watches did not agree and were named again. */
  readonly repaired: Counter
  /** Bodies of partial presence that were made; each may go to many watchers. */
  readonly partialMade: Readonly<Record<'full' | 'changes', Counter>>
  refused(rejection: Rejection): void
}

const watchers = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]

export function presenceMetrics(metrics: Metrics): PresenceMetrics {
  const madeHelp = 'Bodies of partial presence (RFC 5263) that were made; each may go to many watchers.'
  const made = (kind: string) => metrics.counter('meridian_presence_partial_bodies_total', madeHelp, { kind })
  return {
    partialMade: { full: made('full'), changes: made('changes') },
    published: metrics.counter('meridian_publishes_total', 'PUBLISH requests that were accepted.'),
    fanOut: metrics.histogram('meridian_presence_fan_out_watchers', 'Watchers of a presence change.', watchers),
    watched: metrics.gauge('meridian_presence_watched', 'Presentities that users of this server watch.'),
    repaired: metrics.counter('meridian_watches_repaired_total', 'Times that watches had to be named again.'),
    refused: refusalCounters(
      metrics,
      'meridian_presence_refused_total',
      'PUBLISH requests and presence subscriptions that we refused.',
      [
        ...Object.values(rejections).filter((each) => typeof each === 'object'),
        ...Object.values(documentRejections),
        tooBrief(0),
      ],
    ),
  }
}
