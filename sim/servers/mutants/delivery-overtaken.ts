/**
 * Planted: of the messages that a home is asked to deliver every second one waits for half a second, and is overtaken.
 */
import type { Timers } from '../../../src/ports/timers.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'
import { coreWithRoutes, type PeerMessage } from './changed-routes.ts'

const heldMs = 500

function overtaken(take: PeerMessage, timers: Timers): PeerMessage {
  let count = 0
  return (peer, worker, message) => {
    const isHeld = message.kind === 'deliver' && ++count % 2 === 0
    if (isHeld) timers.set(heldMs, { onTimer: () => take(peer, worker, message) }, 0)
    else take(peer, worker, message)
  }
}

export const deliveryOvertaken: Mutant = {
  ...noMutant,
  name: 'delivery-overtaken',
  caughtBy: 'order',
  makeCore: (ports, settings) => coreWithRoutes(ports, settings, { onPeerMessage: overtaken }),
}
