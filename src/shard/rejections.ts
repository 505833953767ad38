/**
 * What a shard itself refuses, whatever service the request is for.
 */
import { rejection } from './answer.ts'

export const badMethod = rejection({ status: 501, reason: 'Not Implemented', event: 'shard.unknown-method' })
export const ownFault = rejection({ status: 500, reason: 'Server Internal Error', event: 'shard.unit-failed' })
/** The part of the server that owns the other user is being restarted; nothing was done. */
export const workerDown = rejection({
  status: 503,
  reason: 'Service Unavailable',
  event: 'shard.worker-down',
  retryAfterSeconds: 2,
})
/** 430 Flow Failed (RFC 5626 §11.5): nothing was sent, so another flow of the device may be tried. */
export const flowFailed = 430
/** Another home has this user by the same right: an administrator must say which is right. */
export const twoHomes = rejection({
  status: 503,
  reason: 'User Has Two Homes',
  event: 'shard.two-homes',
  retryAfterSeconds: 30,
})
/** He may be a user of the directory, which does not answer now. */
export const notLookedUp = rejection({
  status: 503,
  reason: 'Directory Does Not Answer',
  event: 'shard.not-looked-up',
  retryAfterSeconds: 5,
})
export const refusedPoison = rejection({
  status: 503,
  reason: 'Refused After Failures',
  event: 'shard.poison',
  retryAfterSeconds: 60,
})
