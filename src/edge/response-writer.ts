/**
 * Writes the answers that the edge gives itself, with or without a transaction (RFC 3261 §8.2.6, §8.2.7, §18.2.1).
 */
import type { HeaderLines } from '../ports/bus.ts'
import { encodeResponse } from '../sip/message/encode.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { EdgeFlow } from './edge-flow.ts'
import type { EdgeSettings } from './edge-ports.ts'
import { sourceMarks } from './source-marks.ts'

/** To an address that has proved nothing we send no more than this multiple of what it sent: we are no amplifier. */
const unprovedFactor = 3

export interface WrittenAnswer {
  readonly status: number
  readonly reason: string
  readonly headers: HeaderLines
}

export class ResponseWriter {
  readonly #settings: EdgeSettings

  constructor(settings: EdgeSettings) {
    this.#settings = settings
  }

  encode(
    flow: EdgeFlow,
    request: SipMessage,
    status: number,
    reason: string,
    headers: HeaderLines,
    body: Uint8Array | null = null,
    toTag: string | null = null,
  ): Buffer {
    return encodeResponse(request, status, {
      reason: reason === '' ? undefined : reason,
      toTag: status > 100 ? (toTag ?? this.#toTag(request)) : undefined,
      headers: [...headers, ['Server', this.#settings.serverName]],
      body: body ?? undefined,
      ...sourceMarks(request, flow.transport),
    })
  }

  /** Answers without a transaction: a repetition gets the same answer, since nothing in it is random but a nonce. */
  reject(flow: EdgeFlow, request: SipMessage, answer: WrittenAnswer): void {
    if (request.method === 'ACK') return
    const bytes = this.encode(flow, request, answer.status, answer.reason, answer.headers)
    if (flow.reliable || flow.bound.size > 0 || bytes.length <= unprovedFactor * request.bytes.length) {
      flow.send(bytes)
      return
    }
    const shorter = this.encode(flow, request, answer.status, answer.reason, answer.headers.slice(-1))
    if (shorter.length <= unprovedFactor * request.bytes.length) flow.send(shorter)
  }

  /** The same for a request and its repetitions, and for all responses to it (RFC 3261 §8.2.7). */
  #toTag(request: SipMessage): string {
    const { topVia, callId, cseq } = request
    const seed = `${this.#settings.bootId}${topVia?.branch ?? ''}${callId ?? ''}${cseq?.number ?? 0}`
    let a = 0x811c9dc5
    let b = 0x01000193
    for (let index = 0; index < seed.length; index++) {
      const unit = seed.charCodeAt(index)
      a = Math.imul(a ^ unit, 0x01000193)
      b = Math.imul(b ^ unit, 0x85ebca6b)
    }
    return (a >>> 0).toString(36) + (b >>> 0).toString(36)
  }
}
