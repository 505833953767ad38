/**
 * Planted: a front end sends what a home gives it by the flow of the forward before.
 */
import type { FlowId } from '../../../src/ports/flows.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'
import { coreWithRoutes, type PeerMessage } from './changed-routes.ts'

function astray(take: PeerMessage): PeerMessage {
  let last: FlowId | null = null
  return (peer, worker, message) => {
    if (message.kind !== 'forward') return take(peer, worker, message)
    const { target } = message
    take(peer, worker, { ...message, target: { ...target, flow: last ?? target.flow } })
    last = target.flow
  }
}

export const wrongFlow: Mutant = {
  ...noMutant,
  name: 'wrong-flow',
  caughtBy: 'misdelivered',
  makeCore: (ports, settings) => coreWithRoutes(ports, settings, { onPeerMessage: astray }),
}
