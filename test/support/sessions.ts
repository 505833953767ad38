/**
 * Sessions between two `WireClient`s: an INVITE answered by hand, and what each side keeps of its dialog (RFC 3261 §12)
 * to send requests inside it.
 */
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { parseNameAddr } from '../../src/sip/message/name-addr.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import type { RequestParts, WireClient } from './wire-client.ts'

export const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nm=message 9 sip null\r\n'

/** A dialog as one of its sides sees it. */
export interface DialogSide {
  readonly from: string
  readonly to: string
  readonly callId: string
  readonly target: string
  readonly routes: readonly string[]
}

export interface Session {
  readonly caller: DialogSide
  readonly callee: DialogSide
  /** The INVITE as the callee got it. */
  readonly invite: SipMessage
  readonly response: SipMessage
}

/** Users that have signed in, each on a flow of its own; they answer nothing by themselves. */
export function signedIn<T extends readonly WireClient[]>(...clients: T): T {
  for (const client of clients) {
    const { statusCode } = client.register()
    if (statusCode !== 200) throw new Error(`${client.name} could not register: ${statusCode}`)
    client.answerWith = null
  }
  return clients
}

export function sendInvite(caller: WireClient, to: string, parts: RequestParts = {}): string {
  const uri = parts.uri ?? `sip:${to}@example.test`
  const headers = [['Contact', `<${caller.contact}>`] as const, ...(parts.headers ?? [])]
  return caller.send('INVITE', { body: sdp, contentType: 'application/sdp', ...parts, uri, headers })
}

/** Cancels the INVITE with this branch; gives the status with which the CANCEL itself is answered. */
export function sendCancel(caller: WireClient, branch: string, invite: SipMessage): number | undefined {
  const uri = invite.to?.uri ?? ''
  caller.send('CANCEL', { uri, branch, cseq: invite.cseq!.number })
  const index = caller.inbox.findIndex(({ isRequest, cseq }) => !isRequest && cseq?.method === 'CANCEL')
  return caller.inbox.splice(index, 1)[0]?.statusCode
}

/** Invites, answers and acknowledges. */
export function establish(caller: WireClient, callee: WireClient, parts: RequestParts = {}): Session {
  const branch = caller.flow.transport === 'udp' ? inviteByUdp(caller, callee, parts) : undefined
  const sent = branch ?? sendInvite(caller, callee.name, parts)
  const invite = callee.request('INVITE')
  callee.respond(invite, 200, [['Contact', `<${callee.contact}>`]])
  const response = caller.final(sent)
  const session = dialogOf(invite, response)
  sendWithin(caller, session.caller, 'ACK', { cseq: invite.cseq!.number })
  callee.request('ACK')
  return session
}

/** On UDP each request proves itself: the INVITE goes twice, the second time with credentials. */
function inviteByUdp(caller: WireClient, callee: WireClient, parts: RequestParts): string {
  const uri = parts.uri ?? `sip:${callee.name}@example.test`
  const challenge = caller.final(sendInvite(caller, callee.name, { ...parts, uri }))
  const whole = { ...parts, uri, body: parts.body ?? sdp }
  const headers = [...(parts.headers ?? []), caller.credentials(challenge, 'INVITE', whole)]
  return sendInvite(caller, callee.name, { ...parts, uri, headers })
}

export function dialogOf(invite: SipMessage, response: SipMessage): Session {
  const recorded = response.values(HeaderId.recordRoute)
  const callId = invite.callId as string
  const from = invite.first(HeaderId.from) as string
  const to = response.first(HeaderId.to) as string
  const caller = { from, to, callId, target: contactOf(response), routes: recorded.toReversed() }
  const callee = { from: to, to: from, callId, target: contactOf(invite), routes: recorded }
  return { caller, callee, invite, response }
}

export function sendWithin(client: WireClient, side: DialogSide, method: string, parts: RequestParts = {}): string {
  return client.send(method, within(side, parts))
}

/** The parts of a request inside this dialog. */
export function within(side: DialogSide, parts: RequestParts = {}): RequestParts {
  const { from, to, callId, target, routes } = side
  const headers = [...routes.map((route) => ['Route', route] as const), ...(parts.headers ?? [])]
  return { uri: target, from, to, callId, ...parts, headers }
}

function contactOf(message: SipMessage): string {
  return parseNameAddr(message.first(HeaderId.contact) ?? '')?.uri ?? ''
}
