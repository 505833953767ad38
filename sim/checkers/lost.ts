/**
 * P1, P3: what the sender was told was delivered or stored arrives. A 200: a device of the recipient had answered 2xx
 * before. A 202: by the end of the liveness phase a device of the recipient has taken it, unless all of them refused
 * it for good, or the recipient blocks the sender politely.
 */
import type { Arrival, History, SentMessage } from '../history.ts'
import { Rights } from '../presence/rights.ts'
import { wasRemoved } from './accounts.ts'
import type { Checker, Violation } from './checker.ts'

export const lost: Checker = {
  name: 'lost',
  check(history) {
    const byId = arrivalsById(history)
    const rights = new Rights(history.presence)
    return [...history.messages.values()]
      .filter((message) => message.status === 200 || message.status === 202)
      .filter(({ fromUser, toUser, sentMs, answeredMs }) => {
        return !rights.possible(fromUser, toUser, sentMs, answeredMs).has('polite')
      })
      .flatMap((message) => judge(history, message, byId.get(message.id) ?? []))
  },
}

function judge(history: History, message: SentMessage, arrivals: readonly Arrival[]): Violation[] {
  const own = arrivals.filter(({ deviceUser }) => deviceUser === message.toUser)
  const taken = own.some(({ status }) => status === 200)
  if (taken || wasRemoved(history, message.toUser) || wasSetAside(history, message)) return []
  if (message.status === 202 && own.some(({ status }) => status === 488)) return []
  const { id, fromDevice, toUser, status, answeredMs } = message
  const what = `message ${id} of ${fromDevice} to ${toUser}`
  const text = `${what} was answered ${status} and taken by no device (${own.length} arrivals)`
  return [{ checker: 'lost', atMs: answeredMs, text }]
}

/** Put aside for the administrator after three flows died of it: documented, and logged with the pair. */
function wasSetAside(history: History, message: SentMessage): boolean {
  return history.logLines.some(
    ({ event, fields }) =>
      event === 'message.set-aside' &&
      String(fields.recipient).startsWith(`sip:${message.toUser}@`) &&
      String(fields.sender).startsWith(`sip:${message.fromUser}@`),
  )
}

function arrivalsById(history: History): Map<number, Arrival[]> {
  const byId = new Map<number, Arrival[]>()
  for (const arrival of history.arrivals) {
    const list = byId.get(arrival.id)
    if (list) list.push(arrival)
    else byId.set(arrival.id, [arrival])
  }
  return byId
}
