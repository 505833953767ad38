/**
 * What workers say of their links, as administrators are shown it: one row for each worker and peer, with the
 * certificate that the peer has shown in words.
 */
import type { ShownLink, ShownLinks } from '../admin/index.ts'
import { describeCertificate } from '../certificates/index.ts'
import type { LinkStatus } from '../topology/index.ts'

export interface WorkerLinkStatus {
  readonly worker: number
  /** Null: it runs and has not answered in time. */
  readonly links: readonly LinkStatus[] | null
}

const dayMs = 86_400_000

/** `nowMs`: milliseconds since 1970, against which certificates end. */
export function shownLinks(
  own: { readonly name: string; readonly topologyVersion: number },
  said: readonly WorkerLinkStatus[],
  nowMs: number,
): ShownLinks {
  const links = said.flatMap(({ worker, links }) => (links ?? []).map((status) => shownLink(worker, status, nowMs)))
  const byPeer = (left: ShownLink, right: ShownLink) =>
    left.peer === right.peer ? left.worker - right.worker : left.peer < right.peer ? -1 : 1
  return {
    own: own.name,
    topologyVersion: own.topologyVersion,
    links: links.toSorted(byPeer),
    silentWorkers: said.filter(({ links }) => links === null).map(({ worker }) => worker),
  }
}

function shownLink(worker: number, status: LinkStatus, nowMs: number): ShownLink {
  const { upForMs, roundTripMs, certificate } = status
  return {
    peer: status.server,
    role: status.role,
    worker,
    state: status.isUp ? 'up' : 'down',
    connections: status.connectionsCount,
    remoteAddresses: status.remoteAddresses,
    ageSeconds: upForMs === null ? null : Math.floor(upForMs / 1000),
    certificate: certificate === null ? null : shownCertificate(certificate, nowMs),
    roundTripMs: roundTripMs === null ? null : Math.round(roundTripMs * 100) / 100,
    waiting: status.asksWaiting + status.factsWaiting,
    sent: status.sent,
    received: status.received,
    peerTopologyVersion: status.topologyVersion,
    protocol: status.protocol,
    clockAheadMs: status.clockAheadMs,
    lastFault: status.lastFault,
  }
}

function shownCertificate(der: Uint8Array, nowMs: number) {
  const { names, notAfterMs } = describeCertificate(Buffer.from(der))
  return { names, notAfterMs, daysLeft: Math.floor((notAfterMs - nowMs) / dayMs) }
}
