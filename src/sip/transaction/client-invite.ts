/**
 * INVITE client transaction: repeats an INVITE until it is answered, acknowledges failures, and lets every 2xx of every
 * branch through for 64·T1 (RFC 3261 §17.1.1, figure 5; RFC 6026 §7.2 and §8.4). The ACK for a 2xx is its user's.
 */

import type { Machine } from './machine.ts'

// RFC 3261 draws no transport error in "proceeding", where nothing is sent. With us a response can only come by the
// flow of the request: when that is gone the user had better know now (P3).
const answers = {
  provisional: ['proceeding', 'toUser'],
  success: ['accepted', 'toUser', 'startM'],
  failure: ['completed', 'sendAck', 'toUser', 'startD'],
  transportError: ['terminated', 'failed'],
} as const

export const clientInvite = {
  initial: { begin: ['calling', 'startA', 'startB', 'send'] },
  calling: { timerA: ['calling', 'resend', 'doubleA'], timerB: ['terminated', 'timedOut'], ...answers },
  proceeding: answers,
  completed: {
    failure: ['completed', 'sendAck'],
    timerD: ['terminated'],
    transportError: ['terminated', 'failed'],
  },
  accepted: { success: ['accepted', 'toUser'], timerM: ['terminated'] },
  terminated: {},
} as const satisfies Machine
