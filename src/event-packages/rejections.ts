/**
 * What the packages about a user's own things refuse.
 */
import { rejection } from '../shard/index.ts'

/** Mail, registrations, watchers and documents are for their user alone; whether there is such a user is not said. */
export const somebodyElse = rejection({
  status: 403,
  reason: 'For Its User Alone',
  event: 'event-packages.somebody-else',
})
