/**
 * message/cpim (RFC 3862) of text, and the notifications of delivery and display that it asks for (RFC 5438).
 */
import { headersOf } from './headers.ts'
import { childrenOf, escapeXml, type ParseXml } from './markup.ts'

const namespace = 'urn:ietf:params:imdn'

export interface CpimMessage {
  /** URIs, without names and brackets; null when not said. */
  readonly from: string | null
  readonly to: string | null
  readonly dateTimeMs: number | null
  readonly contentType: string
  readonly content: string
  readonly messageId: string | null
  /** `positive-delivery`, `display` … */
  readonly asks: readonly string[]
}

/** Null when its headers do not end. */
export function readCpim(body: string): CpimMessage | null {
  const text = body.replace(/\r\n/g, '\n')
  const outerEnd = text.indexOf('\n\n')
  const innerEnd = outerEnd < 0 ? -1 : text.indexOf('\n\n', outerEnd + 2)
  if (innerEnd < 0) return null
  const outer = headersOf(text.slice(0, outerEnd).split('\n'))
  const inner = headersOf(text.slice(outerEnd + 2, innerEnd).split('\n'))
  const prefix = /^([^\s<]*)\s*<urn:ietf:params:imdn>/.exec(outer.get('ns') ?? '')?.[1]?.toLowerCase()
  const extension = (name: string) => (prefix === undefined ? undefined : outer.get(`${prefix}.${name}`))
  const dateTime = Date.parse(outer.get('datetime') ?? '')
  return {
    from: uriIn(outer.get('from')),
    to: uriIn(outer.get('to')),
    dateTimeMs: Number.isNaN(dateTime) ? null : dateTime,
    contentType: inner.get('content-type') ?? 'text/plain',
    content: text.slice(innerEnd + 2),
    messageId: extension('message-id')?.slice(0, 256) || null,
    asks: (extension('disposition-notification') ?? '').split(',').map((each) => each.trim().toLowerCase()),
  }
}

function uriIn(value: string | undefined): string | null {
  if (value === undefined) return null
  return /<([^>]*)>/.exec(value)?.[1] ?? value
}

interface Envelope {
  readonly from: string
  readonly to: string
  readonly nowMs: number
  readonly messageId: string
}

/** A text that asks to hear of its delivery and display. */
export function askingText(text: string, envelope: Envelope): string {
  const asks = ['imdn.Disposition-Notification: positive-delivery, display']
  return wrapped(text, 'text/plain;charset=UTF-8', envelope, asks)
}

/** `of`: the id that its sender gave. `recipient`: who has read it, or has it now. */
export function notificationBody(kind: 'delivered' | 'displayed', of: string, envelope: Envelope): string {
  const element = kind === 'delivered' ? 'delivery-notification' : 'display-notification'
  const document =
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<imdn xmlns="urn:ietf:params:xml:ns:imdn">' +
    `<message-id>${escapeXml(of)}</message-id><datetime>${new Date(envelope.nowMs).toISOString()}</datetime>` +
    `<recipient-uri>${escapeXml(envelope.from)}</recipient-uri>` +
    `<${element}><status><${kind}/></status></${element}></imdn>\r\n`
  return wrapped(document, 'message/imdn+xml', envelope, [], 'notification')
}

function wrapped(
  content: string,
  contentType: string,
  { from, to, nowMs, messageId }: Envelope,
  headers: readonly string[],
  disposition: string | null = null,
): string {
  const length = new TextEncoder().encode(content).length
  return [
    `From: <${from}>`,
    `To: <${to}>`,
    `DateTime: ${new Date(nowMs).toISOString()}`,
    `NS: imdn <${namespace}>`,
    `imdn.Message-ID: ${messageId}`,
    ...headers,
    '',
    `Content-Type: ${contentType}`,
    ...(disposition === null ? [] : [`Content-Disposition: ${disposition}`]),
    `Content-Length: ${length}`,
    '',
    content,
  ].join('\r\n')
}

export interface Notification {
  readonly messageId: string
  readonly kind: 'delivered' | 'displayed'
}

/** Null when it is none, or one of a failure or of what we do not show. */
export function readNotification(body: string, parse: ParseXml): Notification | null {
  const document = parse(body)
  if (document?.name !== 'imdn') return null
  const messageId = childrenOf(document, 'message-id')[0]?.text.trim()
  const statuses = document.children.flatMap((each) => childrenOf(each, 'status')).flatMap(({ children }) => children)
  const kind = statuses.map(({ name }) => name).find((name) => name === 'delivered' || name === 'displayed')
  return messageId && kind ? { messageId, kind: kind as Notification['kind'] } : null
}
