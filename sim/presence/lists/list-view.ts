/**
 * A list as its device sees it: the NOTIFYs that it took, one upon the other (RFC 4662 §5.6).
 */
import type { PresenceHistory, SubscriptionLog } from '../history.ts'
import type { ToldMember } from './told-list.ts'

export function listView(
  { notifies }: PresenceHistory,
  { callId }: SubscriptionLog,
): ReadonlyMap<string, ToldMember> | null {
  const taken = notifies.filter((each) => each.callId === callId && each.arrivedMs !== null && each.list !== null)
  const start = taken.findLastIndex(({ list }) => list!.isFull)
  if (start < 0) return null
  return new Map(taken.slice(start).flatMap(({ list }) => [...list!.members]))
}
