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
import { parseAor } from '../sip/uri/aor.ts'
import { encodeHostPort } from '../sip/uri/host.ts'
import { credentialHeaders, isSpentHere } from './credentials.ts'
import { openRouteToken, sealRouteToken } from './route-token.ts'
import { type RemoteAddress, sourceMarks } from './source-marks.ts'
import { tokenOfRoute } from './steps/route.ts'

/** RFC 3261 §16.6 step 3: what a request without Max-Forwards gets. */
const maxForwardsDefault = 70
/** The forerunner of P-Asserted-Identity, which some devices believe still. */
const remotePartyId = 'Remote-Party-ID'

export interface OutgoingSettings {
  readonly seals: Seals
  readonly realm: string
}

export function encodeOutgoing(
  message: ForwardMessage,
  flow: TransportFlow,
  branch: string,
  { seals, realm }: OutgoingSettings,
): Buffer {
  const { request, mode, target } = message
  const editor = new MessageEditor(request)
  if (target.contactUri !== request.requestUri) editor.requestUri(allowedInRequestUri(target.contactUri))
  editor.replaceFirst(HeaderId.maxForwards, String((request.maxForwards ?? maxForwardsDefault + 1) - 1))
  if (message.maxBreadth !== null) editor.replaceFirst(HeaderId.maxBreadth, String(message.maxBreadth))
  editRoutes(editor, message, seals)
  editIdentity(editor, message, realm)
  if (message.date !== null && !request.has(HeaderId.date)) editor.append(HeaderId.date, message.date)
  if (message.recordRoute && message.source) addRecordRoutes(editor, message, message.source, flow, seals)
  if (mode === 'stored') editor.removeAll(HeaderId.via).removeAll(HeaderId.recordRoute)
  else markSource(editor, request, message.source)
  editor.prepend(HeaderId.via, ownVia(flow, branch))
  return editor.encode()
}

const forbiddenInRequestUri = /\?.*$|;method=[^;?]*/gi

/** §16.6 step 2, §19.1.1: headers and the method of a Contact have no place in a Request-URI. */
function allowedInRequestUri(contactUri: string): string {
  return contactUri.replace(forbiddenInRequestUri, '')
}

/** Credentials for our realm and tokens are spent here; identities are asserted by us alone (RFC 3325 §5). */
function editIdentity(editor: MessageEditor, { request, sender }: ForwardMessage, realm: string): void {
  for (const id of credentialHeaders) {
    if (request.has(id)) editor.removeLines(id, (value) => isSpentHere(value, realm))
  }
  if (request.has(HeaderId.pPreferredIdentity)) editor.removeAll(HeaderId.pPreferredIdentity)
  if (request.has(HeaderId.pAssertedIdentity)) editor.removeAll(HeaderId.pAssertedIdentity)
  if (request.named(remotePartyId) !== null) editor.removeAll(remotePartyId)
  if (!wantsPrivacy(request)) editor.append(HeaderId.pAssertedIdentity, `<${sender}>`)
}

/** RFC 3325 §9.3: with `id` the identity is kept from whom we do not trust, and devices are not ours. */
function wantsPrivacy(request: SipMessage): boolean {
  const privacy = request.has(HeaderId.privacy) ? request.first(HeaderId.privacy) : null
  return privacy?.split(';').some((value) => value.trim().toLowerCase() === 'id') ?? false
}

/**
 * In a dialog, Routes beyond our own belong to others; else what is left of a pre-loaded route gives way to the Path.
 */
function editRoutes(editor: MessageEditor, message: ForwardMessage, seals: Seals): void {
  const { request, target } = message
  if (message.mode === 'in-dialog') {
    const routes = request.values(HeaderId.route)
    // What another server says may be any number.
    const spent = Math.min(message.spentRoutes, routes.length)
    const gone = spent + ownRoutesCount(routes.slice(spent), seals)
    for (let index = 0; index < gone; index++) editor.removeFirstValue(HeaderId.route)
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
function viaWithSource(request: SipMessage, remote: RemoteAddress): string | null {
  const marks = sourceMarks(request, remote)
  if (marks.received === undefined) return null
  const line = request.first(HeaderId.via) as string
  const top = firstListValue(line)
  return withSource(top, marks) + line.slice(top.length)
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
  const token = dialogToken(message, source, seals)
  const calleeSide = recordRoute(message, token, flow)
  const callerSide = message.callerRoute ?? recordRoute(message, token, source)
  editor.prepend(HeaderId.recordRoute, callerSide)
  if (calleeSide !== callerSide) editor.prepend(HeaderId.recordRoute, calleeSide)
}

interface LocalSide {
  readonly transport: string
  readonly localAddress: string
  readonly localPort: number
}

/** What a caller's server records where the callee's flow is on another one, whose tokens it cannot read. */
export function callerRoute(message: Dialog, source: RequestSource, seals: Seals): string {
  return recordRoute(message, dialogToken(message, source, seals), source)
}

/** How many Routes on top are tokens of this server. */
export function ownRoutesCount(routes: readonly string[], seals: Seals): number {
  const first = routes.findIndex((value) => {
    const token = tokenOfRoute(value)
    return token === null || openRouteToken(seals, token) === null
  })
  return first < 0 ? routes.length : first
}

type Dialog = Pick<ForwardMessage, 'sender' | 'recipient' | 'request' | 'target'>

function dialogToken({ sender, recipient, request, target }: Dialog, { flow }: RequestSource, seals: Seals): string {
  const calledAs = parseAor(request.to?.uri ?? '') ?? recipient
  return sealRouteToken(seals, {
    caller: { aor: sender, flow },
    callee: { aor: recipient, flow: target.flow, calledAs },
  })
}

/** RFC 3261 §16.6 step 4: a SIPS request is recorded with SIPS, which says TLS by itself. */
function recordRoute({ request }: Dialog, token: string, side: LocalSide): string {
  return ownRoute(/^sips:/i.test(request.requestUri) ? 'sips' : 'sip', token, side)
}

/** A route that leads here, and says by its token where to from here. */
export function ownRoute(
  scheme: 'sip' | 'sips',
  token: string,
  { transport, localAddress, localPort }: LocalSide,
  parameters = '',
): string {
  const web = transport === 'ws' || transport === 'wss'
  const named = web ? 'ws' : scheme === 'sips' ? 'tcp' : transport
  return `<${scheme}:${token}@${encodeHostPort(localAddress, localPort)};transport=${named};lr${parameters}>`
}

/** Our Via for a request that leaves by this flow (RFC 3261 §18.1.1, RFC 3581 §3). */
export function ownVia({ transport, localAddress, localPort }: TransportFlow, branch: string): string {
  return `SIP/2.0/${transport.toUpperCase()} ${encodeHostPort(localAddress, localPort)};branch=${branch};rport`
}
