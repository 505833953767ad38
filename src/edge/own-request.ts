/**
 * What a request of our own looks like when it leaves by a flow (RFC 3261 §8.1.1): a shard has written all but what
 * depends on the flow: Via.
 */
import { Buffer } from 'node:buffer'
import type { SendMessage } from '../ports/bus.ts'
import type { TransportFlow } from '../ports/flows.ts'
import { headTextOf, joinMessage } from '../sip/message/text.ts'
import { ownVia } from './outgoing-request.ts'

const noBody = Buffer.alloc(0)

export function encodeOwn(message: SendMessage, flow: TransportFlow, branch: string): Buffer {
  const { method, requestUri, headers } = message
  const body = message.body ?? noBody
  const start = `${method} ${headTextOf(requestUri)} SIP/2.0\r\nVia: ${ownVia(flow, branch)}\r\n`
  return joinMessage(`${start}${headers}Content-Length: ${body.length}\r\n\r\n`, body, 0, body.length)
}
