/**
 * What a MESSAGE holds (RFC 3428): text, a copy of what this user sent elsewhere, a notice of typing, or a
 * notification; plain or in an envelope (RFC 3862). Pure reading; acting on it is left to `user-agent.ts`.
 */
import type { Buffer } from 'node:buffer'
import { HeaderId } from '../../sip/message/header-id.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { type Aor, parseAor } from '../../sip/uri/aor.ts'
import { type ComposingNotice, parseComposing } from '../bodies/composing-notice.ts'
import { type CpimMessage, parseCpim } from '../bodies/cpim.ts'
import { askedDelivery } from '../bodies/delivery-notification.ts'
import { decodeText, MediaTypes, parseMediaType } from '../bodies/media-type.ts'

/** What a MESSAGE or a NOTIFY may hold. */
export const acceptedTypes: readonly string[] = Object.values(MediaTypes)

export type ReadMessage =
  | { readonly kind: 'text'; readonly from: Aor; readonly text: string; readonly delivery: AskedDelivery | null }
  | { readonly kind: 'sent-copy'; readonly to: Aor; readonly text: string; readonly sentMs: number | null }
  | { readonly kind: 'composing'; readonly from: Aor; readonly notice: ComposingNotice }
  /** Understood, and nothing to show. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'rejected'; readonly status: number }

/** The sender wants to be told that this message was delivered (RFC 5438). */
export interface AskedDelivery {
  readonly messageId: string
  readonly sentMs: number | null
}

const rejected = (status: number): ReadMessage => ({ kind: 'rejected', status })

export function readMessage(request: SipMessage, own: Aor): ReadMessage {
  const from = parseAor(request.from?.uri ?? '')
  const encoding = request.first(HeaderId.contentEncoding)
  if (from === null) return rejected(400)
  if (encoding !== null && encoding.toLowerCase() !== 'identity') return rejected(415)
  // RFC 3261 §20.15 wants the header wherever there is a body; without one it is text here.
  const contentType = request.first(HeaderId.contentType) ?? MediaTypes.text
  if (parseMediaType(contentType)?.type !== MediaTypes.cpim) return readContent(contentType, request.body, from, null)
  const envelope = parseCpim(request.body)
  if (envelope === null) return rejected(400)
  return readEnvelope(envelope, from, own)
}

/**
 * The sender is who the server says, whatever the envelope says. An envelope from ourselves to somebody else can only
 * be a copy of what another device sent: we have no other reason to write to ourselves in the name of ourselves.
 */
function readEnvelope(envelope: CpimMessage, from: Aor, own: Aor): ReadMessage {
  const writer = parseAor(envelope.from?.uri ?? '')
  const reader = parseAor(envelope.to?.uri ?? '')
  const messageId = askedDelivery(envelope)
  const delivery = messageId === null ? null : { messageId, sentMs: envelope.dateTimeMs }
  const read = readContent(envelope.contentType ?? MediaTypes.text, envelope.content, from, delivery)
  if (from !== own || writer !== own || reader === null) return read
  if (read.kind !== 'text') return { kind: 'silent' }
  return { kind: 'sent-copy', to: reader, text: read.text, sentMs: envelope.dateTimeMs }
}

function readContent(contentType: string, body: Buffer, from: Aor, delivery: AskedDelivery | null): ReadMessage {
  const type = parseMediaType(contentType)
  switch (type?.type) {
    case MediaTypes.text: {
      const text = decodeText(body, type.charset)
      if (text === null) return rejected(415)
      return text === '' ? { kind: 'silent' } : { kind: 'text', from, text, delivery }
    }
    case MediaTypes.composing: {
      const notice = parseComposing(body)
      return notice === null ? rejected(400) : { kind: 'composing', from, notice }
    }
    case MediaTypes.notification:
      return { kind: 'silent' }
    default:
      return rejected(415)
  }
}

/** The same for every repetition of a message: our server keeps all three, whatever else changes on the way. */
export function messageId(request: SipMessage): string {
  return `${request.callId} ${request.cseq?.number} ${request.from?.tag ?? ''}`
}

/** When it was sent, by its Date (RFC 3261 §20.17); null when it does not say, or says nonsense. */
export function sentTimeMs(request: SipMessage): number | null {
  const ms = Date.parse(request.first(HeaderId.date) ?? '')
  return Number.isNaN(ms) ? null : ms
}
