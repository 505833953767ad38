/**
 * P3: a device that answered 2xx, and whose answer reached the server in time, does not get the message again. The
 * excepted case is matched with what caused it: a worker or the server died, or a batch failed, before that answer was
 * on disk; the sender itself sent the message anew, or its datagram came again after a loss of what it was answered.
 * A device that got it twice across a change of flows and refused the second copy for now has asked for it again.
 */
import type { Arrival, History } from '../history.ts'
import type { Checker, Violation } from './checker.ts'

/** Timer F of the server's transaction, less the slowest way of an answer. */
const answerInTimeMs = 30_000

export const doubled: Checker = {
  name: 'doubled',
  check(history) {
    const taken = new Map<string, Arrival>()
    const violations: Violation[] = []
    for (const arrival of history.arrivals) {
      const key = `${arrival.device} ${arrival.id}`
      const before = taken.get(key)
      if (before && isWrong(history, before, arrival)) violations.push(describe(before, arrival))
      if (arrival.status === 200 && arrival.reachedMs !== null) taken.set(key, before ?? arrival)
      else if (before && arrival.status > 200) taken.delete(key)
    }
    return violations
  },
}

function isWrong(history: History, before: Arrival, again: Arrival): boolean {
  const reachedMs = before.reachedMs!
  if (reachedMs - before.firstSentMs > answerInTimeMs) return false
  if (again.firstSentMs <= reachedMs + history.graceMs) return false
  if ((history.messages.get(again.id)?.submissions ?? 1) > 1) return false
  if (isLostRetransmission(history, again)) return false
  const { graceMs } = history
  // From a little before: who asked for the sending may have died while that was on its way.
  return !history.faults.some(({ atMs }) => atMs >= before.firstSentMs - graceMs && atMs <= reachedMs + graceMs)
}

/**
 * A live delivery writes nothing: a worker that dies with the sender's answer leaves nobody who knows it, and the next
 * retransmission over UDP is a new message (RFC 3261 §17.2: the server transaction was in that worker).
 */
function isLostRetransmission(history: History, again: Arrival): boolean {
  const message = history.messages.get(again.id)
  if (!message || message.stream) return false
  const answeredMs = message.status === 0 ? Number.POSITIVE_INFINITY : message.answeredMs
  return history.lossBetween(message.sentMs, Math.min(again.firstSentMs, answeredMs))
}

function describe(before: Arrival, again: Arrival): Violation {
  const text = `${again.device} got message ${again.id} again; its 200 of ${before.reachedMs} ms had reached the server`
  return { checker: 'doubled', atMs: again.atMs, text }
}
