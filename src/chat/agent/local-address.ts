/**
 * How a user agent names itself over a flow: in Via (RFC 3261 §18.1.1) and in Contact.
 */
import type { Entropy } from '../../ports/entropy.ts'
import type { TransportFlow } from '../../ports/flows.ts'
import { type Aor, aorUser } from '../../sip/uri/aor.ts'
import { encodeHostPort } from '../../sip/uri/host.ts'

export interface LocalAddress {
  readonly viaTransport: string
  readonly sentBy: string
  readonly contactUri: string
}

/** A WebSocket client cannot know its address and makes up a name (RFC 7118 §5). */
export function localAddress(flow: TransportFlow, aor: Aor, entropy: Entropy): LocalAddress {
  const { transport, localAddress: address, localPort } = flow
  const isWeb = transport === 'ws' || transport === 'wss'
  const sentBy = isWeb ? `${entropy.word(6)}.invalid` : encodeHostPort(address, localPort)
  const contactUri = `sip:${aorUser(aor)}@${sentBy};transport=${isWeb ? 'ws' : transport}`
  return { viaTransport: transport.toUpperCase(), sentBy, contactUri }
}
