/**
 * What is counted of the links to one server, by this worker.
 */
import type { Counter, Gauge, Histogram, Metrics } from '../../ports/metrics.ts'

const roundTripBuckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

export interface LinkMetrics {
  readonly up: Gauge
  /** 1 while this worker should have a link and has none. */
  readonly missing: Gauge
  readonly roundTrip: Histogram
  readonly batchesSent: Counter
  readonly batchesReceived: Counter
  readonly messagesSent: Counter
  readonly messagesReceived: Counter
  readonly bytesSent: Counter
  readonly bytesReceived: Counter
  readonly asksRefused: Counter
  readonly asksWaiting: Gauge
  readonly asksShed: Counter
  readonly loss: Gauge
  readonly closed: Counter
  readonly faults: Counter
}

export function linkMetrics(metrics: Metrics, peer: string): LinkMetrics {
  const counter = (name: string, help: string, labels = {}) =>
    metrics.counter(`meridian_link_${name}`, help, { peer, ...labels })
  const both = (name: string, help: string) =>
    ['sent', 'received'].map((direction) => counter(name, help, { direction })) as [Counter, Counter]
  const [batchesSent, batchesReceived] = both('batches_total', 'Batches over links.')
  const [messagesSent, messagesReceived] = both('messages_total', 'Bus messages over links.')
  const [bytesSent, bytesReceived] = both('bytes_total', 'Bytes of batches over links.')
  return {
    up: metrics.gauge('meridian_link_up', 'Links that are up.', { peer }),
    missing: metrics.gauge('meridian_link_missing', 'Workers that should have a link to this server and have none.', {
      peer,
    }),
    roundTrip: metrics.histogram(
      'meridian_link_round_trip_seconds',
      'From the sending of a batch to its confirmation.',
      roundTripBuckets,
      { peer },
    ),
    batchesSent,
    batchesReceived,
    messagesSent,
    messagesReceived,
    bytesSent,
    bytesReceived,
    asksRefused: counter('asks_refused_total', 'Asks refused because no link was up or too many waited.'),
    asksWaiting: metrics.gauge('meridian_link_asks_waiting', 'Asks that wait for the link.', { peer }),
    asksShed: counter('asks_shed_total', 'Requests refused here because that server is overloaded (RFC 7339).'),
    loss: metrics.gauge('meridian_link_loss', 'Share of requests that server asked to keep from it, 0 to 1.', { peer }),
    closed: counter('closed_total', 'Links that were up and ended.'),
    faults: counter('faults_total', 'Links that were ended because what the peer sent was wrong.'),
  }
}
