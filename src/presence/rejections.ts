/**
 * What presence refuses (RFC 3903 §6, RFC 3856).
 */
import { rejection } from '../shard/index.ts'
import { acceptedCodings } from '../sip/message/content-coding.ts'

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
  headers: [['Accept', 'application/pidf+xml, application/pidf-diff+xml']],
})
export const tooLarge = rejection({
  status: 413,
  reason: 'Presence Document Too Large',
  event: 'presence.document-too-large',
})
export const unknownCoding = rejection({
  status: 415,
  reason: 'Unsupported Content Coding',
  event: 'presence.document-coding',
  headers: [['Accept-Encoding', acceptedCodings]],
})
export const brokenCoding = rejection({
  status: 400,
  reason: 'Presence Document In A Broken Coding',
  event: 'presence.document-coding-broken',
})
export const malformedPartial = rejection({
  status: 400,
  reason: 'Malformed Partial Presence Document',
  event: 'presence.partial-malformed',
})
/** RFC 5264 §4: a change without SIP-If-Match has nothing that it could change. */
export const changeOfNothing = rejection({
  status: 400,
  reason: 'Partial Presence Document Without A Publication',
  event: 'presence.partial-without-whole',
})
/** RFC 5264 §4: what it selects is not in the publication, or an operation is none. */
export const badChange = rejection({
  status: 400,
  reason: 'Change Does Not Fit The Publication',
  event: 'presence.partial-does-not-fit',
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

export const resourceListsType = 'application/resource-lists+xml'

/** RFC 4662 §4.1: the address stands for a list, and the watcher does not read lists. */
export const listNotSupported = rejection({
  status: 421,
  reason: 'Extension Required',
  event: 'presence.list-needs-eventlist',
  headers: [['Require', 'eventlist']],
})
/** RFC 4826 §4.1: the list's owner keeps it for other packages. */
export const listOfOthers = rejection({
  status: 489,
  reason: 'List Is For Other Packages',
  event: 'presence.list-packages',
  headers: [['Allow-Events', 'presence']],
})
export const noSuchList = rejection({ status: 404, reason: 'List Not Found', event: 'presence.no-such-list' })
export const listMissing = rejection({ status: 400, reason: 'List Missing', event: 'presence.list-missing' })
export const listNotExpected = rejection({
  status: 400,
  reason: 'List For A Subscription Without One',
  event: 'presence.list-not-expected',
})
export const malformedList = rejection({ status: 400, reason: 'Malformed List', event: 'presence.list-malformed' })
export const unsupportedListType = rejection({
  status: 415,
  reason: 'Unsupported Media Type',
  event: 'presence.list-media-type',
  headers: [['Accept', resourceListsType]],
})
export const unknownListCoding = rejection({
  status: 415,
  reason: 'Unsupported Content Coding',
  event: 'presence.list-coding',
  headers: [['Accept-Encoding', acceptedCodings]],
})
export const tooManyMembers = rejection({
  status: 413,
  reason: 'Too Many Entries In List',
  event: 'presence.list-too-long',
})
/** Over all lists of one user. */
export const tooManyWatched = rejection({
  status: 503,
  reason: 'Too Many Entries In Lists',
  event: 'presence.lists-too-long',
  retryAfterSeconds: 60,
})
