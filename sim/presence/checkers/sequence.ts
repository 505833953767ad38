/**
 * CSeq numbers of NOTIFYs never go back in their dialog, whatever died meanwhile (RFC 3261 §12.2.1.1, RFC 6665 §4.2.2).
 */
import type { Checker, Violation } from '../../checkers/checker.ts'

export const sequence: Checker = {
  name: 'sequence',
  check({ presence }) {
    const last = new Map<string, number>()
    const violations: Violation[] = []
    for (const { callId, serverTag, cseq, sentMs } of presence.notifies) {
      const dialog = `${callId} ${serverTag}`
      const before = last.get(dialog) ?? 0
      if (cseq <= before) {
        violations.push({ checker: 'sequence', atMs: sentMs, text: `${callId}: CSeq ${cseq} after ${before}` })
      }
      last.set(dialog, cseq)
    }
    return violations
  },
}
