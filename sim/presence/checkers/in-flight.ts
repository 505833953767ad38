/**
 * At most one NOTIFY of a subscription is in flight: the next leaves when the one before was answered. Whoever waited
 * for that answer may have died, or lost its batch, meanwhile.
 */
import type { Checker, Violation } from '../../checkers/checker.ts'
import type { History } from '../../history.ts'
import type { NotifyLog } from '../history.ts'

/** Timer F of the server's transaction, less what the clock of a wheel may round. */
const givenUpMs = 31_000

export const inFlight: Checker = {
  name: 'in-flight',
  check(history) {
    const last = new Map<string, NotifyLog>()
    const violations: Violation[] = []
    for (const notify of history.presence.notifies) {
      const dialog = `${notify.callId} ${notify.serverTag}`
      const before = last.get(dialog)
      if (before && isWrong(history, before, notify)) {
        const text = `${notify.callId}: CSeq ${notify.cseq} left while ${before.cseq} was not answered`
        violations.push({ checker: 'in-flight', atMs: notify.sentMs, text })
      }
      last.set(dialog, notify)
    }
    return violations
  },
}

function isWrong(history: History, before: NotifyLog, next: NotifyLog): boolean {
  if (before.flow !== next.flow || (before.answeredMs !== null && before.answeredMs <= next.sentMs)) return false
  if (next.sentMs - before.sentMs >= givenUpMs) return false
  const isBetween = ({ atMs }: { readonly atMs: number }) =>
    // From a little before: who waited for the answer may have died while the NOTIFY was on its way.
    atMs >= before.sentMs - history.graceMs && atMs <= next.sentMs
  const failed = history.logLines.filter(({ event }) => event === 'shard.batch-failed')
  return !history.faults.some(isBetween) && !failed.some(isBetween)
}
