/**
 * Step 5: our Route token, if an in-dialog request carries one, names the flow of the dialog's other end (RFC 3261
 * §16.4, §16.12). Only who may speak for one of the two ends gets on; anything else with a dialog's token is refused.
 */
import type { DialogRoute } from '../../ports/bus.ts'
import type { Seals } from '../../ports/seals.ts'
import { HeaderId } from '../../sip/message/header-id.ts'
import { parseNameAddr } from '../../sip/message/name-addr.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { parseAor } from '../../sip/uri/aor.ts'
import { parseSipUri } from '../../sip/uri/sip-uri.ts'
import type { Arrival, Verdict } from '../arrival.ts'
import type { EdgeFlow } from '../edge-flow.ts'
import { noMatchingTransaction } from '../rejections.ts'
import { type DialogEnds, endsFor, openRouteToken } from '../route-token.ts'

export function route(arrival: Arrival): Verdict {
  const { request, flow, ports } = arrival
  // Without a tag it is a new request: it takes no short cut past its recipient's shard.
  if (!request.to?.tag || topRouteToken(request) === null) return 'continue'
  const ends = dialogEnds(request, flow, ports.seals)
  if (!ends) return noMatchingTransaction
  arrival.sender = ends.near.aor
  arrival.route = routeTo(ends, request.requestUri)
  return 'continue'
}

/** The ends of the dialog that the topmost Route names; null when it names none, or none of the sender's. */
export function dialogEnds(request: SipMessage, flow: EdgeFlow, seals: Seals): DialogEnds | null {
  const text = topRouteToken(request)
  const from = request.from && parseAor(request.from.uri)
  const token = text === null ? null : openRouteToken(seals, text)
  return token && from ? endsFor(token, flow.id, from) : null
}

export function routeTo({ far }: DialogEnds, contactUri: string): DialogRoute {
  const target = { flow: far.flow, transport: null, contactUri, path: [], qThousandths: 1000, deviceKey: '' }
  return { target, recipient: far.aor }
}

/** The user part of the topmost Route; null when there is no Route, or it has none (a pre-loaded route to us). */
function topRouteToken(request: SipMessage): string | null {
  const first = request.has(HeaderId.route) ? request.values(HeaderId.route)[0] : undefined
  return first === undefined ? null : tokenOfRoute(first)
}

export function tokenOfRoute(value: string): string | null {
  return parseSipUri(parseNameAddr(value)?.uri ?? '')?.user ?? null
}
