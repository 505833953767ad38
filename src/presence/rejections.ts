/**
 * What presence refuses (RFC 3903 §6, RFC 3856).
 */
import { rejection } from '../shard/index.ts'

export const badEvent = rejection({
  status: 489,
  reason: 'Bad Event',
  event: 'presence.bad-event',
  headers: [['Allow-Events', 'presence']],
})
export const notOneself = rejection({
  status: 403,
  reason: 'Presence Of Somebody Else',
  event: 'presence.not-oneself',
})
export const conditionFailed = rejection({
  status: 412,
  reason: 'Conditional Request Failed',
  event: 'presence.unknown-entity-tag',
})
export const noBody = rejection({ status: 400, reason: 'Presence Document Missing', event: 'presence.no-document' })
export const wrongEntity = rejection({
  status: 400,
  reason: 'Presence Document Is About Somebody Else',
  event: 'presence.wrong-entity',
})
export const unsupportedType = rejection({
  status: 415,
  reason: 'Unsupported Media Type',
  event: 'presence.media-type',
  headers: [['Accept', 'application/pidf+xml']],
})
export const tooLarge = rejection({
  status: 413,
  reason: 'Presence Document Too Large',
  event: 'presence.document-too-large',
})
export const tooManyPublications = rejection({
  status: 503,
  reason: 'Too Many Publications',
  event: 'presence.too-many-publications',
  retryAfterSeconds: 60,
})
export const badExpires = rejection({ status: 400, reason: 'Malformed Expires', event: 'presence.bad-expires' })

/** There is no such user: the same words as for any other request to him. */
export const noSuchPresentity = rejection({ status: 404, reason: 'Not Found', event: 'presence.no-such-user' })
export const blocked = rejection({ status: 403, reason: 'Forbidden', event: 'presence.blocked' })
