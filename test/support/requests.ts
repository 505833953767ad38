/**
 * Requests for tests of the parser: a plain MESSAGE, with lines changed, added or left out.
 */
import type { MessageLimits } from '../../src/sip/message/limits.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'

export interface RequestParts {
  readonly method?: string
  readonly uri?: string
  readonly startLine?: string
  /** Value of a header by its name, `null` to leave the header out. Others are added after the usual ones. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Whole lines, after all others. */
  readonly lines?: readonly string[]
  readonly body?: string | Buffer
}

export function requestBytes(parts: RequestParts = {}): Buffer {
  const method = parts.method ?? 'MESSAGE'
  const body = Buffer.from(parts.body ?? '')
  const headers: Record<string, string | null> = {
    Via: 'SIP/2.0/TCP client.example.test:5062;branch=z9hG4bK74bf9',
    'Max-Forwards': '70',
    From: '"Alice" <sip:alice@example.test>;tag=9fxced76sl',
    To: '<sip:bob@example.test>',
    'Call-ID': '3848276298220188511@client.example.test',
    CSeq: `1 ${method}`,
    'Content-Length': String(body.length),
    ...parts.headers,
  }
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]))
  const start = parts.startLine ?? `${method} ${parts.uri ?? 'sip:bob@example.test'} SIP/2.0`
  return Buffer.concat([Buffer.from(`${[start, ...lines, ...(parts.lines ?? [])].join('\r\n')}\r\n\r\n`), body])
}

/** A request that is accepted. */
export function request(parts: RequestParts = {}): SipMessage {
  const { message, fault } = parseMessage(requestBytes(parts))
  if (message === null || fault !== null) throw new Error(`not accepted: ${fault?.event}`)
  return message
}

/** `400 parse.to-malformed`; `accepted`. */
export function judged(bytes: Buffer, limits?: MessageLimits): string {
  const { fault } = limits === undefined ? parseMessage(bytes) : parseMessage(bytes, limits)
  return fault === null ? 'accepted' : `${fault.status} ${fault.event}`
}
