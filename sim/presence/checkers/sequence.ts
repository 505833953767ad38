/**
 * CSeq numbers of NOTIFYs never go back in their dialog, whatever died meanwhile (RFC 3261 §12.2.1.1, RFC 6665 §4.2.2).
 * Between servers the one that left by a connection before its end may arrive behind one by its successor.
 */
import type { Checker, Violation } from '../../checkers/checker.ts'

export const sequence: Checker = {
  name: 'sequence',
  check({ presence, faults, graceMs }) {
    const last = new Map<string, number>()
    const cables = faults.filter(({ kind }) => kind.startsWith('cable '))
    const violations: Violation[] = []
    for (const { callId, serverTag, cseq, sentMs } of presence.notifies) {
      const dialog = `${callId} ${serverTag}`
      const before = last.get(dialog) ?? 0
      const isOvertaken = cables.some(({ atMs }) => atMs <= sentMs && atMs >= sentMs - graceMs)
      if (cseq <= before && !isOvertaken) {
        violations.push({ checker: 'sequence', atMs: sentMs, text: `${callId}: CSeq ${cseq} after ${before}` })
      }
      last.set(dialog, Math.max(before, cseq))
    }
    return violations
  },
}
