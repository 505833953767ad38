/**
 * CSeq numbers of NOTIFYs never go back in their dialog, whatever died meanwhile (RFC 3261 §12.2.1.1, RFC 6665 §4.2.2).
 * Between servers the one that left by a connection before its end may arrive behind one by its successor, and so may
 * the one that was sent to a front end that the device has left meanwhile. No number comes twice for that.
 */
import type { Checker, Violation } from '../../checkers/checker.ts'
import type { NotifyLog } from '../history.ts'

export const sequence: Checker = {
  name: 'sequence',
  check({ presence, faults, graceMs }) {
    /** The highest of each dialog. */
    const last = new Map<string, NotifyLog>()
    const seen = new Set<string>()
    const cables = faults.filter(({ kind }) => kind.startsWith('cable '))
    const violations: Violation[] = []
    for (const notify of presence.notifies) {
      const { callId, serverTag, cseq, sentMs, flow } = notify
      const dialog = `${callId} ${serverTag}`
      const before = last.get(dialog)
      const isNew = !seen.has(`${dialog} ${cseq}`)
      seen.add(`${dialog} ${cseq}`)
      if (!before || cseq > before.cseq) {
        last.set(dialog, notify)
        continue
      }
      const isAnotherWay = isNew && flow !== before.flow && sentMs - before.sentMs <= graceMs
      const isOvertaken = cables.some(({ atMs }) => atMs <= sentMs && atMs >= sentMs - graceMs)
      if (isAnotherWay || isOvertaken) continue
      violations.push({ checker: 'sequence', atMs: sentMs, text: `${callId}: CSeq ${cseq} after ${before.cseq}` })
    }
    return violations
  },
}
