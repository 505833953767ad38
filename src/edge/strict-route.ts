/**
 * Requests from strict routers of RFC 2543, which put our Record-Route into the Request-URI and the target last into
 * Route (RFC 3261 §16.4): made loose again, with our URI as the topmost Route.
 */
import type { Seals } from '../ports/seals.ts'
import { MessageEditor } from '../sip/message/edit.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import { parseNameAddr } from '../sip/message/name-addr.ts'
import { parseMessage } from '../sip/message/parse.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { parseSipUri } from '../sip/uri/sip-uri.ts'
import { openRouteToken } from './route-token.ts'

/** A token holds two AORs and two flow ids; nothing shorter is worth opening. */
const tokenCharsMin = 100

/** The same message unless its Request-URI is one that we wrote into a Record-Route. */
export function unstrictRoute(request: SipMessage, seals: Seals): SipMessage {
  const { requestUri } = request
  if (requestUri.length < tokenCharsMin || !request.has(HeaderId.route)) return request
  const token = parseSipUri(requestUri)?.user
  if (!token || token.length < tokenCharsMin || openRouteToken(seals, token) === null) return request
  const routes = request.values(HeaderId.route)
  const target = parseNameAddr(routes.at(-1) ?? '')
  if (!target) return request
  const editor = new MessageEditor(request).requestUri(target.uri).removeAll(HeaderId.route)
  for (const value of [`<${requestUri}>`, ...routes.slice(0, -1)]) editor.append(HeaderId.route, value)
  return parseMessage(editor.encode()).message ?? request
}
