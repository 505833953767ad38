/**
 * What a bus message says, for comparing: SIP messages by their bytes and views, byte arrays as text.
 */
import type { SipMessage } from '../../src/sip/message/sip-message.ts'

export function said(message: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(message).map(([name, value]) => [name, saidBy(value)]))
}

function saidBy(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (Array.isArray(value)) return value.map(saidBy)
  if (value === null || typeof value !== 'object') return value
  return 'headersCount' in value ? saidBySip(value as SipMessage) : said(value)
}

function saidBySip({ bytes, body, method, statusCode, callId, cseq, from, headersCount }: SipMessage): object {
  const texts = { bytes: bytes.toString(), body: body.toString() }
  return { ...texts, method, statusCode, callId, cseq, from, headersCount }
}
