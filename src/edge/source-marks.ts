/**
 * What the topmost Via of a request must say of where it came from (RFC 3261 §18.2.1, RFC 3581 §4), for its copies and
 * its responses.
 */
import type { Source } from '../sip/message/encode.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'

export interface RemoteAddress {
  readonly remoteAddress: string
  readonly remotePort: number
}

const nothing: Source = Object.freeze({ received: undefined, rport: undefined })

/** `received` where the sent-by is another address, and always beside `rport`, which was asked for. */
export function sourceMarks(request: SipMessage, { remoteAddress, remotePort }: RemoteAddress): Source {
  const via = request.topVia
  if (!via) return nothing
  if (via.rport === 'asked') return { received: remoteAddress, rport: remotePort }
  return isHostOf(via.host, remoteAddress) ? nothing : { received: remoteAddress, rport: undefined }
}

/** IPv6 stands in brackets in a sent-by, and without them in an address. */
function isHostOf(host: string, address: string): boolean {
  const bare = host.startsWith('[') ? host.slice(1, -1) : host
  return bare.toLowerCase() === address
}
