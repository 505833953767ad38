/**
 * Step 5: our Route token, if the request carries one, names the flow of the dialog's other end (RFC 3261 §16.4,
 * §16.12). Only who may speak for one of the two ends gets on; anything else with a dialog's token is refused.
 */

import type { DialogRoute } from '../../ports/bus.ts'
import type { FlowId } from '../../ports/flows.ts'
import { HeaderId } from '../../sip/message/header-id.ts'
import { parseNameAddr } from '../../sip/message/name-addr.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { parseSipUri } from '../../sip/uri/sip-uri.ts'
import type { Arrival, StepPorts, Verdict } from '../arrival.ts'
import { noMatchingTransaction } from '../rejections.ts'
import { openRouteToken, otherEnd } from '../route-token.ts'

export function route(arrival: Arrival): Verdict {
  const token = topRouteToken(arrival.request)
  if (token === null || arrival.sender === null) return 'continue'
  arrival.route = dialogRoute(arrival.request, token, arrival.flow.id, arrival.sender, arrival.ports)
  return arrival.route || !arrival.request.to?.tag ? 'continue' : noMatchingTransaction
}

/** The user part of the topmost Route; null when there is no Route, or it has none (a pre-loaded route to us). */
export function topRouteToken(request: SipMessage): string | null {
  const first = request.values(HeaderId.route)[0]
  return first === undefined ? null : tokenOfRoute(first)
}

export function tokenOfRoute(value: string): string | null {
  return parseSipUri(parseNameAddr(value)?.uri ?? '')?.user ?? null
}

export function dialogRoute(
  request: SipMessage,
  tokenText: string,
  flow: FlowId,
  from: Aor,
  ports: StepPorts,
): DialogRoute | null {
  const token = openRouteToken(ports.seals, tokenText)
  const end = token && otherEnd(token, flow, from)
  if (!end) return null
  const target = { flow: end.flow, contactUri: request.requestUri, path: [], qThousandths: 1000, deviceKey: '' }
  return { target, recipient: end.aor }
}
