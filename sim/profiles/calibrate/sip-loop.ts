/**
 * `sip-loop`: our parser, the rewriting of a header and our serialiser over 200 messages of the kinds that a home
 * server sees.
 */
import { MessageEditor } from '../../../src/sip/message/edit.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import { type Kernel, synchronous } from './kernel.ts'

const messagesCount = 200

export const sipLoop: Kernel = {
  class: 'general',
  operation: 'a message of some 700 bytes parsed, changed and written',
  start: async () => {
    const messages = recordedMessages()
    let written = 0
    return synchronous(() => {
      for (const bytes of messages) written = (written + forward(bytes)) | 0
    }, messages.length)
  },
}

function forward(bytes: Buffer): number {
  const { message } = parseMessage(bytes)
  if (!message) throw new Error('a recorded message cannot be parsed')
  return new MessageEditor(message)
    .requestUri('sip:bob@192.0.2.44:5061;transport=tls')
    .prepend(HeaderId.via, 'SIP/2.0/TLS 192.0.2.10:5061;branch=z9hG4bKcalibration')
    .replaceFirst(HeaderId.maxForwards, String(message.maxForwards! - 1))
    .encode().length
}

const kinds = [
  { method: 'MESSAGE', lines: ['Content-Type: text/plain;charset=UTF-8'], body: 'see you at ten '.repeat(8) },
  { method: 'NOTIFY', lines: ['Event: presence', 'Subscription-State: active;expires=3540', pidfType()], body: pidf() },
  { method: 'PUBLISH', lines: ['Event: presence', 'Expires: 3600', 'SIP-If-Match: e7b3a1', pidfType()], body: pidf() },
  { method: 'SUBSCRIBE', lines: ['Event: presence', 'Expires: 3600', 'Accept: application/pidf+xml'], body: '' },
  { method: 'REGISTER', lines: ['Expires: 3600', 'Supported: path, outbound, gruu'], body: '' },
] as const

function pidfType(): string {
  return 'Content-Type: application/pidf+xml'
}

function pidf(): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf"',
    ' xmlns:rp="urn:ietf:params:xml:ns:pidf:rpid" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"',
    ' entity="sip:alice@example.test"><tuple id="t1"><status><basic>open</basic></status>',
    '<contact priority="0.8">sip:alice@192.0.2.3:5060</contact></tuple>',
    '<dm:person id="p1"><rp:activities><rp:meeting/></rp:activities></dm:person></presence>',
  ].join('')
}

/** Different lines in a different order, so that no branch is learnt by heart. */
export function recordedMessages(): readonly Buffer[] {
  return Array.from({ length: messagesCount }, (_, index) => {
    const { method, lines, body } = kinds[index % kinds.length]!
    const all = [
      `Via: SIP/2.0/TLS 192.0.2.${index}:5061;branch=z9hG4bK-${index}-77af81;rport`,
      'Max-Forwards: 70',
      `From: "Alice Example" <sip:alice${index}@example.test>;tag=4fb${index}`,
      `To: <sip:bob${index}@example.test>`,
      `Call-ID: 8a7b6c5d-${index}@desk.example.test`,
      `CSeq: ${index + 1} ${method}`,
      `Contact: <sip:alice${index}@192.0.2.${index}:5061;transport=tls;ob>`,
      'User-Agent: Desk/4.2',
      ...lines,
    ]
    const shift = index % all.length
    const head = [...all.slice(shift), ...all.slice(0, shift)].join('\r\n')
    const length = Buffer.byteLength(body)
    return Buffer.from(
      `${method} sip:bob${index}@example.test SIP/2.0\r\n${head}\r\nContent-Length: ${length}\r\n\r\n${body}`,
    )
  })
}
