/**
 * Messages of one sending device come to each device in the order in which they were sent: when the one was answered
 * 2xx before the other left, or both left on one stream, one after the other, without a challenge between. What was on
 * its way when its worker died is nobody's any more: the network may bring it later than what was sent after it.
 */
import type { Arrival, History, SentMessage } from '../history.ts'
import type { Checker, Violation } from './checker.ts'

export const order: Checker = {
  name: 'order',
  check(history) {
    const firstTaken = new Map<string, Arrival[]>()
    const seen = new Set<string>()
    for (const arrival of history.arrivals) {
      // What a device refused for good has lost its place: it may be offered again after a restart, behind later ones.
      if (arrival.status === 488) seen.add(`${arrival.device} ${arrival.id}`)
      if (arrival.status !== 200 || seen.has(`${arrival.device} ${arrival.id}`)) continue
      seen.add(`${arrival.device} ${arrival.id}`)
      const sender = history.messages.get(arrival.id)?.fromDevice ?? ''
      const key = `${sender} ${arrival.device} ${arrival.toUser}`
      const list = firstTaken.get(key)
      if (list) list.push(arrival)
      else firstTaken.set(key, [arrival])
    }
    return [...firstTaken.values()].flatMap((arrivals) => judge(history, arrivals))
  },
}

function judge(history: History, arrivals: readonly Arrival[]): Violation[] {
  const violations: Violation[] = []
  for (let index = 1; index < arrivals.length; index++) {
    const later = history.messages.get(arrivals[index]!.id)!
    for (let before = 0; before < index; before++) {
      const earlier = history.messages.get(arrivals[before]!.id)!
      if (!mustPrecede(later, earlier) || wasOvertaken(history, arrivals[index]!, arrivals[before]!)) continue
      const { device, atMs } = arrivals[index]!
      violations.push({
        checker: 'order',
        atMs,
        text: `${device} took message ${earlier.id} before message ${later.id}`,
      })
    }
  }
  return violations
}

/** It left first, and the worker that waited for its answer was lost, or out of reach, before the other left. */
function wasOvertaken(history: History, first: Arrival, second: Arrival): boolean {
  const [fromMs, toMs] = [first.firstSentMs, second.firstSentMs]
  const isOutOfReach = history.faults.some(
    ({ kind, atMs }) => kind.startsWith('cable ') && atMs > fromMs && atMs <= toMs,
  )
  return isOutOfReach || history.lossBetween(fromMs, toMs)
}

function mustPrecede(first: SentMessage, second: SentMessage): boolean {
  if (first.status !== 200 && first.status !== 202) return false
  if (first.answeredMs < second.sentMs) return true
  const onOneStream = first.stream !== null && first.stream === second.stream
  return onOneStream && first.id < second.id && first.submissions === 1 && second.submissions === 1
}
