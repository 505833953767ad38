/**
 * Who may open a WebSocket for SIP (RFC 7118 §5.1, RFC 6455 §10.2): decided here once for both adapters.
 */
import { TransportEvent } from '../events.ts'
import type { FlowRegistry } from '../flow-registry.ts'

export interface UpgradeRequest {
  readonly remoteAddress: string
  /** As sent; empty where there is none. */
  readonly subprotocols: string
  readonly origin: string
}

export interface UpgradeRefusal {
  readonly status: 400 | 403 | 503
  readonly reason: string
}

export const sipSubprotocol = 'sip'

const noSubprotocol: UpgradeRefusal = { status: 400, reason: 'Sec-WebSocket-Protocol must offer "sip" (RFC 7118)' }
const foreignOrigin: UpgradeRefusal = { status: 403, reason: 'This origin may not connect' }
const tooBusy: UpgradeRefusal = { status: 503, reason: 'Too many connections' }

/** Null: welcome. `origins` undefined: any. Clients that are no browsers send no Origin and are not what it is for. */
export function refuseUpgrade(
  request: UpgradeRequest,
  registry: FlowRegistry,
  origins: ReadonlySet<string> | undefined,
): UpgradeRefusal | null {
  const offered = request.subprotocols.split(',').map((name) => name.trim().toLowerCase())
  if (!offered.includes(sipSubprotocol)) return refused(TransportEvent.subprotocolMissing, noSubprotocol)
  const isForeign = origins !== undefined && request.origin !== '' && !origins.has(request.origin.toLowerCase())
  if (isForeign) return refused(TransportEvent.originRefused, foreignOrigin)
  return registry.refusal(request.remoteAddress) ? tooBusy : null

  function refused(event: TransportEvent, refusal: UpgradeRefusal): UpgradeRefusal {
    registry.refused(event, request.remoteAddress)
    return refusal
  }
}
