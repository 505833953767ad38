/**
 * The routes of a worker with something in front of them: the seam of mutants that change what comes from other
 * servers.
 */
import type { BusMessage } from '../../../src/ports/bus.ts'
import type { LinkPeer } from '../../../src/ports/links.ts'
import type { Timers } from '../../../src/ports/timers.ts'
import { type CorePorts, type CoreSettings, WorkerCore } from '../../../src/runtime/worker-core.ts'
import type { Routes } from '../../../src/topology/index.ts'

export type PeerMessage = (peer: LinkPeer, worker: number, message: BusMessage) => void

export interface RoutesChange {
  /** What is done with a message of a peer in place of `take`. */
  readonly onPeerMessage?: (take: PeerMessage, timers: Timers) => PeerMessage
  readonly routes?: (routes: Routes, core: WorkerCore, timers: Timers) => void
}

export function coreWithRoutes(ports: CorePorts, settings: CoreSettings, change: RoutesChange): WorkerCore {
  const core = new WorkerCore(ports, settings)
  const { routes } = core
  if (!routes) return core
  const { onPeerMessage } = change
  if (onPeerMessage) routes.onPeerMessage = onPeerMessage(routes.onPeerMessage.bind(routes), ports.timers)
  change.routes?.(routes, core, ports.timers)
  return core
}
