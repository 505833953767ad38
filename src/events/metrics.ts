/**
 * The counters of the notifier, all in one place.
 */
import type { Counter, Gauge, Metrics } from '../ports/metrics.ts'
import { type Rejection, refusalCounters } from '../shard/index.ts'
import { badExtension } from './extensions.ts'
import * as rejections from './rejections.ts'
import { tooBrief } from './subscribe-request.ts'
import type { EndReason } from './subscription.ts'

export interface EventMetrics {
  /** Changes that became part of a NOTIFY that was owed already. */
  readonly coalesced: Counter
  /** Answers without a NOTIFY because the watcher had that state (RFC 5839). */
  readonly suppressed: Counter
  readonly notifies: Counter
  readonly inFlight: Gauge
  /** Subscriptions that are owed a NOTIFY which may not leave yet. */
  readonly waiting: Gauge
  /** Subscriptions of this package. */
  standing(eventPackage: string): Gauge
  ended(reason: EndReason | 'replaced' | 'failed' | 'flow-died'): void
  refused(rejection: Rejection): void
}

export function eventMetrics(metrics: Metrics): EventMetrics {
  const count = (name: string, help: string) => metrics.counter(`meridian_${name}_total`, help)
  const ended = new Map<string, Counter>()
  for (const reason of endReasons) {
    const help = 'Subscriptions that ended.'
    ended.set(reason, metrics.counter('meridian_subscriptions_ended_total', help, { reason }))
  }
  return {
    coalesced: count('notifies_coalesced', 'Changes that joined a NOTIFY that had not left yet.'),
    suppressed: count('notifies_suppressed', 'NOTIFYs not sent because the watcher had this state (RFC 5839).'),
    notifies: count('notifies', 'NOTIFYs sent to devices.'),
    inFlight: metrics.gauge('meridian_notifies_in_flight', 'NOTIFYs that are not answered yet.'),
    waiting: metrics.gauge('meridian_notifies_waiting', 'NOTIFYs that wait for an answer, a rate or a device.'),
    standing: (eventPackage) =>
      metrics.gauge('meridian_subscriptions', 'Subscriptions that stand.', { package: eventPackage }),
    ended: (reason) => ended.get(reason)?.inc(),
    refused: refusalCounters(metrics, 'meridian_subscriptions_refused_total', 'SUBSCRIBE requests that we refused.', [
      ...Object.values(rejections),
      tooBrief(0),
      badExtension([]),
    ]),
  }
}

const endReasons = [
  'deactivated',
  'probation',
  'rejected',
  'timeout',
  'giveup',
  'noresource',
  'invariant',
  'replaced',
  'failed',
  'flow-died',
] as const
