/**
 * Where a user is registered, as a device is told by the package `reg` (RFC 3680): documents taken one upon the other.
 */
import type { PresenceHistory, SubscriptionLog } from './history.ts'

/** URIs of contacts that stand, as far as the device knows; null: it was told nothing. */
export function contactsSeen({ notifies }: PresenceHistory, { callId }: SubscriptionLog): ReadonlySet<string> | null {
  const taken = notifies.flatMap((each) =>
    each.callId === callId && each.arrivedMs !== null && each.registrations ? [each.registrations] : [],
  )
  const start = taken.findLastIndex(({ state }) => state === 'full')
  if (start < 0) return null
  const byId = new Map<string, string>()
  for (const { id, uri, state } of taken
    .slice(start)
    .flatMap((each) => each.registrations.flatMap((x) => x.contacts))) {
    if (state === 'active') byId.set(id, uri)
    else byId.delete(id)
  }
  return new Set(byId.values())
}

/** The newest REGISTER of each device of this user that was answered 200 and has not run out: its Contact. */
export function contactsRegistered(
  registrations: readonly Registered[],
  user: string,
  nowMs: number,
): ReadonlySet<string> {
  const byDevice = new Map<string, Registered>()
  for (const each of registrations) if (each.user === user && each.status === 200) byDevice.set(each.device, each)
  const standing = [...byDevice.values()].filter(({ act, expiresMs }) => act === 'register' && expiresMs > nowMs)
  return new Set(standing.map(({ contact }) => contact))
}

interface Registered {
  readonly user: string
  readonly device: string
  readonly contact: string
  readonly act: 'register' | 'remove'
  readonly expiresMs: number
  readonly status: number
}
