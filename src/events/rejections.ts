/**
 * What the notifier refuses (RFC 6665 §4.2.1, RFC 3261 §12.2.2).
 */
import { rejection } from '../shard/index.ts'

export const noEvent = rejection({ status: 489, reason: 'Event Header Missing', event: 'events.no-event' })
/** A package that only this server could answer for its users, and does not offer. */
export const badEvent = rejection({ status: 489, reason: 'Bad Event', event: 'events.bad-event' })
export const noContact = rejection({ status: 400, reason: 'Contact Missing', event: 'events.no-contact' })
export const noSubscription = rejection({
  status: 481,
  reason: 'Subscription Does Not Exist',
  event: 'events.no-subscription',
})
/** RFC 3261 §12.2.2: a request of the dialog that was overtaken. */
export const outOfOrder = rejection({ status: 500, reason: 'CSeq Out Of Order', event: 'events.cseq-order' })
export const tooMany = rejection({
  status: 503,
  reason: 'Too Many Subscriptions',
  event: 'events.too-many',
  retryAfterSeconds: 60,
})
export const tooFast = rejection({
  status: 503,
  reason: 'Too Many Subscribe Requests',
  event: 'events.too-fast',
  retryAfterSeconds: 10,
})
export const badRate = rejection({ status: 400, reason: 'Malformed Rate In Event', event: 'events.bad-rate' })
export const badExpires = rejection({ status: 400, reason: 'Malformed Expires', event: 'events.bad-expires' })
/** RFC 6665 §3.1.3: the watcher accepts none of the formats that the package has. */
export const notAcceptable = rejection({
  status: 406,
  reason: 'No Acceptable Document Format',
  event: 'events.not-acceptable',
})
