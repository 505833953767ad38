/**
 * How many messages wait for a user, as those who sent and took them know, and as a device is told of it (RFC 3842).
 */
import type { History, SentMessage } from '../../history.ts'
import type { SubscriptionLog } from '../history.ts'
import type { Rights } from '../rights.ts'

/** What a device that watches its user's mailbox has not been told yet, in words. */
export function judgeMailbox(history: History, rights: Rights, subscription: SubscriptionLog): readonly string[] {
  const { watcher, device, callId } = subscription
  const seen = waitingSeen(history, subscription)
  const { least, most } = waitingFor(history, rights, watcher)
  if (seen !== null && seen >= least && seen <= most) return []
  const what = seen === null ? 'was told nothing of its mailbox' : `sees ${seen} messages waiting for ${watcher}`
  return [`${device} ${what}, not ${least === most ? least : `${least} to ${most}`} (${callId})`]
}

function waitingSeen({ presence }: History, { callId }: SubscriptionLog): number | null {
  const isTold = (notify: (typeof presence.notifies)[number]) =>
    notify.callId === callId && notify.arrivedMs !== null && notify.waiting !== null
  return presence.notifies.findLast(isTold)?.waiting ?? null
}

/** `least`: surely stored and not taken. `most`: with those of which only the server knows what became of them. */
function waitingFor(history: History, rights: Rights, user: string): { readonly least: number; readonly most: number } {
  const taken = new Set(
    history.arrivals
      .filter(({ deviceUser, status, reachedMs }) => deviceUser === user && status === 200 && reachedMs !== null)
      .map(({ id }) => id),
  )
  const untaken = [...history.messages.values()].filter(({ id, toUser }) => toUser === user && !taken.has(id))
  const least = untaken.filter((message) => isStored(rights, message)).length
  return { least, most: least + untaken.filter((message) => mayBeStored(rights, message)).length }
}

function isStored(rights: Rights, { status, fromUser, toUser, sentMs, answeredMs }: SentMessage): boolean {
  return status === 202 && !rights.possible(fromUser, toUser, sentMs, answeredMs).has('polite')
}

/** A sender who heard nothing, or no good, may have been heard all the same. */
function mayBeStored(rights: Rights, message: SentMessage): boolean {
  return message.status !== 403 && !isStored(rights, message)
}
