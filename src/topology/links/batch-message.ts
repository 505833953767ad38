/**
 * A batch as a SIP request and its confirmation as the response. Only the number, the length and the body differ from
 * one batch to the next, so the rest of the head is made once for each link.
 */
import { encodeResponse } from '../../sip/message/encode.ts'
import { HeaderId } from '../../sip/message/header-id.ts'
import type { MessageLimits } from '../../sip/message/limits.ts'
import { parseMessage } from '../../sip/message/parse.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { feedbackWanted, type OverloadFeedback, viaWithFeedback } from '../overload/feedback.ts'
import { batchBodyBytesMax } from './limits.ts'

export const batchMethod = 'BATCH'
export const batchType = 'application/vnd.meridian.batch'

/** Numbers of batches begin anew after this, long before CSeq ends (RFC 3261 §8.1.1.5). */
export const batchNumberMax = 2 ** 30

/** Of what comes on a link; also of the framer that cuts it out of the stream. */
export const linkFrameLimits: MessageLimits = Object.freeze({
  headBytesMax: 4 * 1024,
  registerHeadBytesMax: 4 * 1024,
  headerLinesMax: 32,
  messageBodyBytesMax: batchBodyBytesMax,
  bodyBytesMax: batchBodyBytesMax,
  uriBytesMax: 512,
  viaValuesMax: 4,
  routeValuesMax: 1,
})

/** What was framed on a link; null for what no link may send. */
export function parseLinkMessage(bytes: Buffer): SipMessage | null {
  const { message, fault } = parseMessage(bytes, linkFrameLimits)
  return fault === null ? message : null
}

export class BatchHead {
  readonly #start: string
  readonly #afterBranch: string
  readonly #afterNumber: string

  constructor(own: string, peer: string, connectionId: string) {
    this.#start = `${batchMethod} sip:${peer} SIP/2.0\r\nVia: SIP/2.0/TLS ${own};branch=z9hG4bK${connectionId}.`
    this.#afterBranch =
      `${feedbackWanted}\r\nMax-Forwards: 0\r\nFrom: <sip:${own}>;tag=${connectionId}\r\nTo: <sip:${peer}>\r\n` +
      `Call-ID: ${connectionId}\r\nCSeq: `
    this.#afterNumber = ` ${batchMethod}\r\nContent-Type: ${batchType}\r\nContent-Length: `
  }

  encode(number: number, frames: readonly Buffer[], bodyBytes: number): Buffer {
    const head = `${this.#start}${number}${this.#afterBranch}${number}${this.#afterNumber}${bodyBytes}\r\n\r\n`
    const bytes = Buffer.allocUnsafe(head.length + bodyBytes)
    let at = bytes.write(head, 'latin1')
    for (const frame of frames) {
      bytes.set(frame, at)
      at += frame.length
    }
    return bytes
  }
}

/** `feedback`: how much of what it has the peer is to keep (RFC 7339), where it asks for that. */
export function encodeConfirmation(batch: SipMessage, feedback: OverloadFeedback | null): Buffer {
  const line = batch.lineOf(HeaderId.via)
  const topVia = feedback && line >= 0 ? viaWithFeedback(batch.valueAt(line), feedback) : null
  return encodeResponse(batch, 200, topVia === null ? {} : { topVia })
}

/** The peer learns what was wrong, in one line, for its own log. */
export function encodeBatchRefusal(batch: SipMessage, reason: string): Buffer {
  return encodeResponse(batch, 400, { reason: reason.replace(/[^\x20-\x7e]/g, '?') })
}
