/**
 * Whose home a message that may roam is for.
 */
import type { BusMessage } from '../../ports/bus.ts'
import type { Aor } from '../../sip/uri/aor.ts'

export function userOf(message: BusMessage): Aor | null {
  switch (message.kind) {
    case 'request':
      return message.sender
    case 'deliver':
    case 'locate':
      return message.recipient
    case 'flow-died':
    case 'flow-alive':
    case 'move-ask':
      return message.aor
    default:
      return null
  }
}
