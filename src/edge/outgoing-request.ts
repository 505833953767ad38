/**
 * What a request looks like when it leaves by a flow (RFC 3261 §16.6): the received bytes but for the headers that a
 * proxy changes. Which flow, and what becomes of it, is `forwarder.ts`.
 */
import type { ForwardMessage, RequestSource } from '../ports/bus.ts'
import type { TransportFlow } from '../ports/flows.ts'
import type { Seals } from '../ports/seals.ts'
import { MessageEditor } from '../sip/message/edit.ts'
import { withSource } from '../sip/message/encode.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import { firstListValue } from '../sip/message/list.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { openRouteToken, sealRouteToken } from './route-token.ts'
import { tokenOfRoute } from './steps/route.ts'

/** RFC 3261 §16.6 step 3: what a request without Max-Forwards gets. */
const maxForwardsDefault = 70

export function encodeOutgoing(message: ForwardMessage, flow: TransportFlow, branch: string, seals: Seals): Buffer {
  const { request, mode, target } = message
  const editor = new MessageEditor(request)
  if (target.contactUri !== request.requestUri) editor.requestUri(target.contactUri)
  editor.replaceFirst(HeaderId.maxForwards, String((request.maxForwards ?? maxForwardsDefault + 1) - 1))
  if (message.maxBreadth !== null) editor.replaceFirst(HeaderId.maxBreadth, String(message.maxBreadth))
  editRoutes(editor, message, seals)
  editIdentity(editor, message)
  if (message.date !== null && !request.has(HeaderId.date)) editor.append(HeaderId.date, message.date)
  if (message.recordRoute && message.source) addRecordRoutes(editor, message, message.source, flow, seals)
  if (mode === 'stored') editor.removeAll(HeaderId.via).removeAll(HeaderId.recordRoute)
  else markSource(editor, request, message.source)
  editor.prepend(
    HeaderId.via,
    `SIP/2.0/${viaTransport(flow)} ${hostPort(flow.localAddress, flow.localPort)};branch=${branch};rport`,
  )
  return editor.encode()
}

/** Credentials for our realm are spent here; identities are asserted by us alone (RFC 3325 §5). */
function editIdentity(editor: MessageEditor, message: ForwardMessage): void {
  const { request } = message
  if (request.has(HeaderId.proxyAuthorization)) editor.removeAll(HeaderId.proxyAuthorization)
  if (request.has(HeaderId.authorization)) editor.removeAll(HeaderId.authorization)
  if (request.has(HeaderId.pPreferredIdentity)) editor.removeAll(HeaderId.pPreferredIdentity)
  if (request.has(HeaderId.pAssertedIdentity)) editor.removeAll(HeaderId.pAssertedIdentity)
  editor.append(HeaderId.pAssertedIdentity, `<${message.sender}>`)
}

/**
 * In a dialog, Routes beyond our own belong to others; else what is left of a pre-loaded route gives way to the Path.
 */
function editRoutes(editor: MessageEditor, message: ForwardMessage, seals: Seals): void {
  const { request, target } = message
  if (message.mode === 'in-dialog') {
    for (const value of request.values(HeaderId.route)) {
      const token = tokenOfRoute(value)
      if (token === null || openRouteToken(seals, token) === null) break
      editor.removeFirstValue(HeaderId.route)
    }
    return
  }
  if (request.has(HeaderId.route)) editor.removeAll(HeaderId.route)
  // RFC 3327 §5.1: the stored Path, topmost first, becomes the Route.
  for (let index = target.path.length - 1; index >= 0; index--)
    editor.prepend(HeaderId.route, target.path[index] as string)
}

/** RFC 3261 §18.2.1, RFC 3581 §4: what the topmost Via says of its sender's address, corrected by what we saw. */
function markSource(editor: MessageEditor, request: SipMessage, source: RequestSource | null): void {
  const via = request.topVia
  if (!source || !via) return
  const value = viaWithSource(request, source)
  if (value !== null) editor.replaceFirst(HeaderId.via, value)
}

/** The first Via line with `received` and `rport` filled in; null when it is right as it came. */
export function viaWithSource(
  request: SipMessage,
  source: { remoteAddress: string; remotePort: number },
): string | null {
  const via = request.topVia
  if (!via) return null
  const sameHost = via.host.toLowerCase() === source.remoteAddress
  const asked = via.rport === 'asked'
  if (sameHost && !asked) return null
  const line = request.first(HeaderId.via) as string
  const top = firstListValue(line)
  const marked = withSource(top, { received: source.remoteAddress, rport: asked ? source.remotePort : undefined })
  return marked + line.slice(top.length)
}

/**
 * Two Record-Routes where the two sides differ in address or transport (RFC 5658), one else. The one for the callee's
 * side is on top: he reads his route from the top, the caller from the bottom.
 */
function addRecordRoutes(
  editor: MessageEditor,
  message: ForwardMessage,
  source: RequestSource,
  flow: TransportFlow,
  seals: Seals,
): void {
  const token = sealRouteToken(seals, {
    caller: { aor: message.sender, flow: source.flow },
    callee: { aor: message.recipient, flow: message.target.flow },
  })
  const callerSide = recordRoute(token, source.transport, source.localAddress, source.localPort)
  const calleeSide = recordRoute(token, flow.transport, flow.localAddress, flow.localPort)
  editor.prepend(HeaderId.recordRoute, callerSide)
  if (calleeSide !== callerSide) editor.prepend(HeaderId.recordRoute, calleeSide)
}

function recordRoute(token: string, transport: string, address: string, port: number): string {
  return `<sip:${token}@${hostPort(address, port)};transport=${transport === 'wss' ? 'ws' : transport};lr>`
}

export function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

export function viaTransport(flow: TransportFlow): string {
  return flow.transport.toUpperCase()
}
