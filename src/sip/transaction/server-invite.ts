/**
 * INVITE server transaction: repeats a failure until it is acknowledged; after a 2xx absorbs copies of the INVITE and
 * lets the user send that 2xx again (RFC 3261 §17.2.1, figure 7; RFC 6026 §7.1 and §8.5 to §8.7).
 * A transport error changes no state (RFC 6026 §8.8): the peer may come back on another flow.
 */

import type { Machine } from './machine.ts'

const responses = {
  provisional: ['proceeding', 'send'],
  success: ['accepted', 'send', 'startL'],
  failure: ['completed', 'startG', 'startH', 'send'],
} as const

export const serverInvite = {
  initial: { begin: ['proceeding', 'startTrying'] },
  proceeding: { retransmission: ['proceeding', 'resend'], timerTrying: ['proceeding', 'sendTrying'], ...responses },
  completed: {
    retransmission: ['completed', 'resend'],
    timerG: ['completed', 'resend', 'doubleG'],
    timerH: ['terminated', 'timedOut'],
    ack: ['confirmed', 'startI'],
  },
  confirmed: { timerI: ['terminated'] },
  accepted: { success: ['accepted', 'send'], timerL: ['terminated'] },
  terminated: {},
} as const satisfies Machine
