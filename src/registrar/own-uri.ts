/**
 * Where a flow reaches us: for Service-Route (RFC 3608) and for Contact of dialogs that we make (RFC 3261 §12.1.1).
 * By address, since our name may mean nothing to a client that knows us by address.
 */
import type { RequestSource } from '../ports/bus.ts'
import { encodeHostPort } from '../sip/uri/host.ts'

export function ownUri({ localAddress, localPort, transport }: RequestSource): string {
  // RFC 7118 §5.3: the URI of a secure WebSocket says `ws` too.
  return `sip:${encodeHostPort(localAddress, localPort)};transport=${transport === 'wss' ? 'ws' : transport}`
}
