/**
 * Step 2: Max-Forwards (RFC 3261 §16.3 item 3), loops (item 4) and Max-Breadth (RFC 5393 §5.3.3).
 */
import { HeaderId } from '../../sip/message/header-id.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { parseVia } from '../../sip/message/via.ts'
import type { Arrival, Verdict } from '../arrival.ts'
import { loopHash, loopHashOf } from '../branch.ts'
import { loopDetected, maxBreadthExceeded, tooManyHops } from '../rejections.ts'

export function hops({ request, ports }: Arrival): Verdict {
  if (request.maxForwards === 0 && !endsHere(request)) return tooManyHops
  if (Number(request.first(HeaderId.maxBreadth) ?? 1) === 0 && !endsHere(request)) return maxBreadthExceeded
  return cameRound(request, ports.settings.bootId.slice(0, 8)) ? loopDetected : 'continue'
}

/** What is for this server itself is not forwarded, so it may come on its last hop. */
function endsHere({ method, requestUri }: SipMessage): boolean {
  return method === 'REGISTER' || (method === 'OPTIONS' && !requestUri.includes('@'))
}

/**
 * One of our own branches with the same hash: the request passed here before and nothing that routes it has changed.
 */
function cameRound(request: SipMessage, boot: string): boolean {
  const vias = request.values(HeaderId.via)
  if (vias.length < 2) return false
  const hash = loopHash(request)
  return vias.some((value) => loopHashOf(parseVia(value)?.branch ?? '', boot) === hash)
}
