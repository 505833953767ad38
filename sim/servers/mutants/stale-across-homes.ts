/**
 * Planted: behind each new state that comes from another home the one before is delivered once more, as if it were
 * newer still.
 */
import type { StateMessage } from '../../../src/ports/presence-bus.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'
import { coreWithRoutes, type PeerMessage } from './changed-routes.ts'

function overtaking(take: PeerMessage): PeerMessage {
  const before = new Map<string, StateMessage>()
  return (peer, worker, message) => {
    take(peer, worker, message)
    if (message.kind !== 'state') return
    const last = before.get(message.presentity)
    before.set(message.presentity, message)
    const { incarnation, number } = message.version
    // Older than what comes next, so that the server itself goes on as always.
    if (last) take(peer, worker, { ...last, version: { incarnation, number: number + 0.5 } })
  }
}

export const staleAcrossHomes: Mutant = {
  ...noMutant,
  name: 'stale-across-homes',
  caughtBy: 'newest',
  makeCore: (ports, settings) => coreWithRoutes(ports, settings, { onPeerMessage: overtaking }),
}
