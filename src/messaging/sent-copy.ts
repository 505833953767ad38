/**
 * The copy of a sent message for the sender's other devices: a MESSAGE from the user to the user with a message/cpim
 * body (RFC 3862), whose From and To are those of the original. The original's body is carried as it came.
 */
import { Buffer } from 'node:buffer'
import type { Entropy } from '../ports/entropy.ts'
import { encodeRequest } from '../sip/message/encode.ts'
import { HeaderId, headerName } from '../sip/message/header-id.ts'
import type { NameAddr } from '../sip/message/name-addr.ts'
import { parseMessage } from '../sip/message/parse.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { type Aor, aorDomain } from '../sip/uri/aor.ts'
import { encodeCpimDate } from './sip-date.ts'

/** Devices that want copies name it in Supported when they register. */
export const sentCopiesOption = 'im-sent-copies'

const contentHeaders = [HeaderId.contentType, HeaderId.contentEncoding, HeaderId.contentDisposition]

/** Null when the original has no usable From or To, and so nothing that a copy could tell. */
export function makeSentCopy(original: SipMessage, user: Aor, entropy: Entropy, nowMs: number): SipMessage | null {
  const { from, to } = original
  if (!from || !to) return null
  const domain = aorDomain(user)
  const expires = original.expiresSeconds
  const bytes = encodeRequest({
    method: 'MESSAGE',
    requestUri: user,
    headers: [
      ['Via', `SIP/2.0/TCP ${domain};branch=z9hG4bK${entropy.word(12)}`],
      ['Max-Forwards', '70'],
      ['From', `<${user}>;tag=${entropy.word(8)}`],
      ['To', `<${user}>`],
      ['Call-ID', `${entropy.word(16)}@${domain}`],
      ['CSeq', '1 MESSAGE'],
      ...(expires === null ? [] : [['Expires', String(expires)] as const]),
      ['Supported', sentCopiesOption],
    ],
    contentType: 'message/cpim',
    body: wrapCpim(original, from, to, nowMs),
  })
  return parseMessage(bytes).message
}

/** CPIM headers, an empty line, the MIME headers of what is wrapped, an empty line, and its bytes (RFC 3862 §2). */
function wrapCpim(original: SipMessage, from: NameAddr, to: NameAddr, nowMs: number): Buffer {
  const lines = [`From: ${cpimAddress(from)}`, `To: ${cpimAddress(to)}`, `DateTime: ${encodeCpimDate(nowMs)}`, '']
  for (const id of contentHeaders) {
    const value = original.first(id)
    if (value !== null) lines.push(`${headerName(id)}: ${value}`)
  }
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), original.body])
}

function cpimAddress({ displayName, uri }: NameAddr): string {
  if (displayName === null || displayName === '') return `<${uri}>`
  return `"${displayName.replace(/["\\]/g, '\\$&')}" <${uri}>`
}
