/**
 * The counters of messaging, all in one place. Reasons are fixed when the metric is made.
 */
import { type SheddingCounters, sheddingCounters } from '../guard/index.ts'
import type { Counter, Metrics } from '../ports/metrics.ts'
import { type Rejection, refusalCounters } from '../shard/index.ts'
import {
  busy,
  deliveryFailed,
  forbiddenByPolicy,
  mailboxFull,
  noSuchUser,
  notTaken,
  tooManyMessages,
} from './rejections.ts'
import type { Doubt } from './stored-message.ts'

export interface MessagingMetrics {
  /** Answered 200: a device took it within the delivery time. */
  readonly delivered: Counter
  /** Answered 202. */
  readonly stored: Counter
  /** Every device refused it for good, and the sender was told so. */
  readonly refusedByDevices: Counter
  readonly politelyBlocked: Counter
  /** A device took a stored message. */
  readonly fetched: Counter
  readonly droppedFromQueue: Counter
  readonly setAside: Counter
  readonly expired: Counter
  readonly sentCopies: Counter
  /** To people who were away, while this worker was overloaded; also counted as refused. */
  readonly shed: SheddingCounters
  refused(rejection: Rejection): void
  repeated(doubt: Doubt): void
}

const rejections = [noSuchUser, forbiddenByPolicy, mailboxFull, notTaken, tooManyMessages, deliveryFailed, busy(0)]
const doubts: readonly Doubt[] = ['flow-lost', 'silence', 'restart']

export function messagingMetrics(metrics: Metrics): MessagingMetrics {
  const count = (name: string, help: string) => metrics.counter(`meridian_messages_${name}_total`, help)
  const repeated = new Map<Doubt, Counter>()
  for (const reason of doubts) repeated.set(reason, repeatedCounter(metrics, reason))
  return {
    delivered: count('delivered', 'Messages that a device took within the delivery time (200).'),
    stored: count('stored', 'Messages that were stored for a user who could not be reached (202).'),
    refusedByDevices: count('refused_by_devices', 'Messages that every device of the user refused for good.'),
    politelyBlocked: count('politely_blocked', 'Messages answered as stored that the recipient did not want.'),
    fetched: count('fetched', 'Stored messages that a device took.'),
    droppedFromQueue: count('dropped', 'Entries dropped from full device queues; another device had the message.'),
    setAside: count('set_aside', 'Messages set aside because the flow of a device died under them again and again.'),
    expired: count('expired', 'Stored messages that nobody fetched in time.'),
    sentCopies: count('sent_copies', 'Copies of sent messages made for the other devices of their sender.'),
    shed: sheddingCounters(metrics),
    refused: refusalCounters(
      metrics,
      'meridian_messages_refused_total',
      'Messages that we refused ourselves.',
      rejections,
    ),
    repeated: (doubt) => repeated.get(doubt)?.inc(),
  }
}

function repeatedCounter(metrics: Metrics, reason: string): Counter {
  const help = 'Messages sent to a device again because its answer to an earlier sending is not known.'
  return metrics.counter('meridian_messages_repeated_total', help, { reason })
}
