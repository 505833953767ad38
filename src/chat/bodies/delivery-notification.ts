/**
 * Instant message disposition notifications (RFC 5438): which message asks to hear of its delivery, and the
 * notification that answers it. Only delivery is reported: whether a person has read something is theirs to tell.
 */
import { Buffer } from 'node:buffer'
import { type CpimMessage, encodeCpim } from './cpim.ts'
import { MediaTypes } from './media-type.ts'

const namespace = 'urn:ietf:params:imdn'
/** It comes back in a notification; whoever makes longer ids wants something else. */
const messageIdCharsMax = 256

/** The id of a message that asks to be told of its delivery; null when it does not ask. */
export function askedDelivery(message: CpimMessage): string | null {
  const asked = message.extensions.get(`${namespace} Disposition-Notification`)
  const id = message.extensions.get(`${namespace} Message-ID`)
  if (asked === undefined || !id || id.length > messageIdCharsMax) return null
  const kinds = asked.split(',').map((kind) => kind.trim().toLowerCase())
  return kinds.includes('positive-delivery') ? id : null
}

export interface DeliveredMessage {
  readonly messageId: string
  /** AOR of the user who has it now, and of the one who hears so. */
  readonly recipient: string
  readonly sender: string
  /** When it was sent, as its DateTime said. */
  readonly sentMs: number
  readonly nowMs: number
  /** Id of the notification itself. */
  readonly notificationId: string
}

/** A message/cpim body. */
export function encodeDelivered(delivered: DeliveredMessage): Buffer {
  const { messageId, recipient, sender, sentMs, nowMs, notificationId } = delivered
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<imdn xmlns="urn:ietf:params:xml:ns:imdn">',
    `<message-id>${escapeXml(messageId)}</message-id>`,
    `<datetime>${new Date(sentMs).toISOString()}</datetime>`,
    `<recipient-uri>${escapeXml(recipient)}</recipient-uri>`,
    '<delivery-notification><status><delivered/></status></delivery-notification>',
    '</imdn>',
  ]
  return encodeCpim({
    from: recipient,
    to: sender,
    dateTimeMs: nowMs,
    headers: [
      ['NS', `imdn <${namespace}>`],
      ['imdn.Message-ID', notificationId],
    ],
    contentType: MediaTypes.notification,
    contentDisposition: 'notification',
    content: Buffer.from(`${lines.join('\r\n')}\r\n`),
  })
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => entities[sign]!)
}
