/**
 * What the packages about a user's own things refuse.
 */
import { rejection } from '../shard/index.ts'
import { acceptedCodings } from '../sip/message/content-coding.ts'

/** Mail, registrations, watchers and documents are for their user alone; whether there is such a user is not said. */
export const somebodyElse = rejection({
  status: 403,
  reason: 'For Its User Alone',
  event: 'event-packages.somebody-else',
})

export const selectionType = 'application/resource-lists+xml'

export const wrongSelectionType = rejection({
  status: 415,
  reason: 'Unsupported Media Type',
  event: 'event-packages.selection-type',
  headers: [['Accept', selectionType]],
})
export const badEncoding = rejection({
  status: 415,
  reason: 'Unsupported Content Coding',
  event: 'event-packages.selection-coding',
  headers: [['Accept-Encoding', acceptedCodings]],
})
export const badSelection = rejection({
  status: 400,
  reason: 'Malformed Resource List',
  event: 'event-packages.malformed-selection',
})
export const selectionTooLarge = rejection({
  status: 413,
  reason: 'Resource List Too Large',
  event: 'event-packages.selection-too-large',
})
