/**
 * What a request of our own looks like when it leaves by a flow (RFC 3261 §8.1.1): a shard has written all but what
 * depends on the flow: Via.
 */
import type { Buffer } from 'node:buffer'
import type { TransportFlow } from '../ports/flows.ts'
import type { OwnRequest } from '../ports/own-requests.ts'
import { headTextOf, joinMessage } from '../sip/message/text.ts'
import { ownVia } from './outgoing-request.ts'

export function encodeOwn(method: string, request: OwnRequest, flow: TransportFlow, branch: string): Buffer {
  const { requestUri, headers, content } = request
  const start = `${method} ${headTextOf(requestUri)} SIP/2.0\r\nVia: ${ownVia(flow, branch)}\r\n`
  return joinMessage(start + headers, content, 0, content.length)
}
