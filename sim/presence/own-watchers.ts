/**
 * Who watches a user, as a device of that user is told by the package `presence.winfo` (RFC 3857), and as the watchers'
 * devices have it.
 */
import type { WatcherInfo } from '../../src/documents/index.ts'
import type { PresenceHistory, SubscriptionLog } from './history.ts'

type Status = WatcherInfo['lists'][number]['watchers'][number]['status']

/** By name of the watching user, documents taken one upon the other; null: the device was told nothing. */
export function watchersSeen(
  { notifies }: PresenceHistory,
  { callId }: SubscriptionLog,
): ReadonlyMap<string, Status> | null {
  const taken = notifies.flatMap((each) =>
    each.callId === callId && each.arrivedMs !== null && each.watchers ? [each.watchers] : [],
  )
  const start = taken.findLastIndex(({ state }) => state === 'full')
  if (start < 0) return null
  const byName = new Map<string, Status>()
  for (const { lists } of taken.slice(start)) {
    for (const { uri, status } of lists.flatMap(({ watchers }) => watchers)) {
      if (status === 'terminated') byName.delete(nameIn(uri))
      else byName.set(nameIn(uri), status)
    }
  }
  return byName
}

/** Users with a subscription to this one that stands, as their devices have it; lists are left out. */
export function watchersStanding({ subscriptions }: PresenceHistory, user: string): ReadonlySet<string> {
  const standing = subscriptions.filter(
    ({ event, endedMs, confirmedMs, isFetch, presentities }) =>
      event === 'presence' && endedMs === null && confirmedMs !== null && !isFetch && presentities.includes(user),
  )
  return new Set(standing.map(({ watcher }) => watcher))
}

function nameIn(uri: string): string {
  return /^sip:([^@]+)@/.exec(uri)?.[1] ?? uri
}
