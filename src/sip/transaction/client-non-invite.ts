/**
 * Non-INVITE client transaction: repeats a request until a final response or timer F (RFC 3261 §17.1.2, figure 6).
 * That a late final response finds nothing, and is then dropped, is `match.ts` and the edge's (RFC 4320 §4.2).
 */

import type { Machine } from './machine.ts'

const answers = {
  provisional: ['proceeding', 'toUser'],
  final: ['completed', 'toUser', 'startK'],
  timerF: ['terminated', 'timedOut'],
  transportError: ['terminated', 'failed'],
} as const

export const clientNonInvite = {
  initial: { begin: ['trying', 'startE', 'startF', 'send'] },
  trying: { timerE: ['trying', 'resend', 'doubleE'], ...answers },
  proceeding: { timerE: ['proceeding', 'resend', 'startEAtT2'], ...answers },
  completed: { timerK: ['terminated'] },
  terminated: {},
} as const satisfies Machine
