/**
 * Messages as a test's clients write them, and where they come from.
 */
import { Buffer } from 'node:buffer'
import type { RequestSource } from '../../src/ports/bus.ts'
import type { FlowId } from '../../src/ports/flows.ts'
import { encodeRequest } from '../../src/sip/message/encode.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { type Aor, parseAor } from '../../src/sip/uri/aor.ts'

export function aorOf(name: string): Aor {
  return parseAor(`sip:${name}@example.test`) as Aor
}

export interface SendOptions {
  readonly headers?: readonly (readonly [string, string])[]
  readonly contentType?: string
  readonly callId?: string
  /** Flow that it comes by. */
  readonly flow?: FlowId
}

/** A MESSAGE as a client writes it (RFC 3428 §6). */
export function message(
  from: string,
  uri: string,
  text: string,
  number: number,
  options: SendOptions = {},
): SipMessage {
  const bytes = encodeRequest({
    method: 'MESSAGE',
    requestUri: uri,
    headers: [
      ['Via', `SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK${number}`],
      ['Max-Forwards', '70'],
      ['From', `"${from}" <${aorOf(from)}>;tag=t${number}`],
      ['To', `<${uri}>`],
      ['Call-ID', options.callId ?? `call-${number}`],
      ['CSeq', '1 MESSAGE'],
      ...(options.headers ?? []),
    ],
    contentType: options.contentType ?? 'text/plain',
    body: Buffer.from(text),
  })
  const parsed = parseMessage(bytes)
  if (parsed.message === null || parsed.fault) throw new Error(`bad test message: ${parsed.fault?.reason}`)
  return parsed.message
}

export function bodyOf(request: SipMessage): string {
  return request.body.toString()
}

/** Where requests of this user come from, on a flow that has proved who it is. */
export function sourceOf(aor: Aor, flow: FlowId = '0.1.999.b' as FlowId): RequestSource {
  return {
    flow,
    transport: 'tls',
    remoteAddress: '192.0.2.1',
    remotePort: 5061,
    localAddress: '192.0.2.9',
    localPort: 5061,
    identity: { aor, aliases: [], epoch: 1, untilMs: Number.MAX_SAFE_INTEGER, token: null, provedUntilMs: null },
  }
}
