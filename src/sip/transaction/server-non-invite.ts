/**
 * Non-INVITE server transaction: answers copies of a request with the last response (RFC 3261 §17.2.2, figure 8), and
 * with a 100 of its own when nobody else has answered in time (RFC 4320 §4.1). A 408 it keeps for itself, since the
 * client has given up by then (§4.2). A transport error changes no state (RFC 6026 §8.8).
 */

import type { Machine } from './machine.ts'

const responses = {
  provisional: ['proceeding', 'send'],
  final: ['completed', 'send', 'startJ'],
  tooLate: ['completed', 'startJ'],
} as const

export const serverNonInvite = {
  initial: { begin: ['trying', 'startTryingLate'] },
  trying: { timerTryingLate: ['proceeding', 'sendTrying'], ...responses },
  proceeding: { retransmission: ['proceeding', 'resend'], ...responses },
  completed: { retransmission: ['completed', 'resend'], timerJ: ['terminated'] },
  terminated: {},
} as const satisfies Machine
