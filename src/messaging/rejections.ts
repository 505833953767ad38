/**
 * What messaging refuses, and with which words. Frozen and shared: a flood of refusals allocates nothing.
 */
import { type Rejection, rejection } from '../shard/index.ts'

/** The Request-URI names nobody here: another domain, no account, or a disabled one. Nothing left this server. */
export const noSuchUser = rejection({ status: 404, reason: 'Not Found', event: 'message.no-such-user' })

/** The recipient's policy does not let this sender write to them. */
export const forbiddenByPolicy = rejection({ status: 403, reason: 'Forbidden', event: 'message.forbidden' })

/**
 * The recipient's mailbox holds as much as it may; nothing was kept. Expiry and signing in free room: try again
 * later.
 */
export const mailboxFull = rejection({
  status: 480,
  reason: 'Mailbox Full',
  event: 'message.mailbox-full',
  retryAfterSeconds: 60,
})

/** A message that is never stored (composing notices, `Expires: 0`) and that no device took. */
export const notTaken = rejection({ status: 480, reason: 'Temporarily Unavailable', event: 'message.not-taken' })

/** This account sends more than it may (`limits.account`). */
export const tooManyMessages = rejection({
  status: 503,
  reason: 'Too Many Messages',
  event: 'message.too-many',
  retryAfterSeconds: 2,
})

/**
 * This worker has too much to do or to hold to store anything; to somebody who is there it would still be delivered.
 * Not frozen: each is asked to come back at another moment.
 */
export function busy(retryAfterSeconds: number): Rejection {
  return rejection({ status: 503, reason: 'Server Is Busy', event: 'message.busy', retryAfterSeconds })
}

/** Our own code threw while the message was being delivered; it was not kept. */
export const deliveryFailed = rejection({
  status: 500,
  reason: 'Server Internal Error',
  event: 'message.delivery-failed',
})
