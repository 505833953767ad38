/**
 * A NOTIFY about a list names who is on it: nobody who was taken off it before, and when it tells all, everybody who
 * was put on it before (RFC 4662 §5.2).
 */
import type { Checker } from '../../checkers/checker.ts'
import { Memberships } from '../lists/memberships.ts'

export const listed: Checker = {
  name: 'listed',
  check(history) {
    const { notifies, subscriptions } = history.presence
    const memberships = new Memberships(history.presence)
    const byCallId = new Map(subscriptions.map((each) => [each.callId, each]))
    return notifies.flatMap(({ callId, cseq, sentMs, list }) => {
      const subscription = byCallId.get(callId)
      if (!subscription || subscription.list === null || list === null) return []
      // What was crossing when the list changed has arrived.
      const fromMs = Math.max(subscription.sentMs, sentMs - history.graceMs)
      const { sure, possible } = memberships.of(subscription, fromMs, sentMs)
      const wrong = [
        ...[...list.members.keys()].filter((name) => !possible.has(name)).map((name) => `still names ${name}`),
        ...[...sure].filter((name) => list.isFull && !list.members.has(name)).map((name) => `leaves out ${name}`),
      ]
      return wrong.map((what) => ({ checker: 'listed', atMs: sentMs, text: `${callId}: CSeq ${cseq} ${what}` }))
    })
  },
}
