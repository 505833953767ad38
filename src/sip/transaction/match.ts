/**
 * Which transaction a message belongs to, as a key for a map (RFC 3261 §17.1.3 and §17.2.3, §9.2 for CANCEL).
 * The map is its owner's. Keys are compared, never read, but for `isMatchedByHeaders`.
 */

import { HeaderId } from '../message/header-id.ts'
import type { SipMessage } from '../message/sip-message.ts'

/** Begins every branch of a peer that makes branches unique (RFC 3261 §8.1.1.7). */
const cookie = 'z9hG4bK'
const headersPrefix = 'rfc2543\n'

/**
 * Branch, sent-by and method of the top Via; an ACK has the key of its INVITE. Without the cookie the branch means
 * nothing, and the key is made of the headers that RFC 2543 peers keep the same.
 */
export function serverTransactionKey(request: SipMessage): string {
  return serverKey(request, request.method === 'ACK' ? 'INVITE' : request.method)
}

/** The key of the INVITE that this CANCEL is to end (RFC 3261 §9.2). */
export function cancelledTransactionKey(cancel: SipMessage): string {
  return serverKey(cancel, 'INVITE')
}

/** Branch and CSeq method (RFC 3261 §17.1.3); the empty key, which nobody has, when either is missing. */
export function clientTransactionKey(response: SipMessage): string {
  const branch = response.topVia?.branch
  const method = response.cseq?.method
  return branch && method ? clientKey(branch, method) : ''
}

/** The key under which a request of ours with this branch waits for its responses. */
export function clientKey(branch: string, method: string): string {
  return `${branch}\n${method}`
}

/** The key does not tell a response's To tag, so an ACK's must be compared (RFC 3261 §17.2.3). */
export function isMatchedByHeaders(key: string): boolean {
  return key.startsWith(headersPrefix)
}

function serverKey(request: SipMessage, method: string): string {
  const via = request.topVia
  // The cookie alone tells nothing apart (RFC 4475 §3.2.1).
  if (via?.branch?.startsWith(cookie) && via.branch !== cookie)
    return `${via.branch}\n${sentBy(via.host, via.port)}\n${method}`
  return headersKey(request, method)
}

/** The sent-by tells apart two clients that chose the same branch, by accident or on purpose. */
function sentBy(host: string, port: number | null): string {
  return `${host.toLowerCase()}:${port ?? ''}`
}

/**
 * An INVITE and its ACK differ in the To tag, which only the response gave, so for these it is no part of the key.
 * Line ends part the fields: no unfolded value contains one.
 */
function headersKey(request: SipMessage, method: string): string {
  const toTag = method === 'INVITE' ? '' : (request.to?.tag ?? '')
  const via = request.values(HeaderId.via)[0] ?? ''
  const fields = [request.requestUri, toTag, request.from?.tag ?? '', request.callId ?? '', request.cseq?.number, via]
  return `${headersPrefix}${fields.join('\n')}\n${method}`
}
