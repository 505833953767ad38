/**
 * What a PUBLISH asks for (RFC 3903 §4, §6): which of the five operations, with which document, for how long. Read
 * into values; what it does is decided in `publish.ts`.
 */
import { partialPidfContentType } from '../../documents/index.ts'
import { grantedExpires } from '../../events/index.ts'
import { type Rejection, rejection } from '../../shard/index.ts'
import { decodeBody } from '../../sip/message/content-coding.ts'
import { HeaderId } from '../../sip/message/header-id.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { badExpires, brokenCoding, noBody, tooLarge, unknownCoding, unsupportedType } from '../rejections.ts'
import type { PresenceSettings } from '../settings.ts'

export interface PublishRequest {
  /** SIP-If-Match; null: a new publication. */
  readonly entityTag: string | null
  /** 0: the publication is removed. */
  readonly expiresSeconds: number
  /** Null for a refresh and a removal: the document stays as it is, or goes. */
  readonly body: Uint8Array | null
  /** The body is partial presence (RFC 5264): whole or a change. */
  readonly isPartial: boolean
}

export const pidfType = 'application/pidf+xml'

/** RFC 3261 §8.2.3. */
const codingRejections = { unknown: unknownCoding, broken: brokenCoding, 'too-large': tooLarge } as const

export function readPublish(message: SipMessage, settings: PresenceSettings): PublishRequest | Rejection {
  const expiresSeconds = grantedExpires(message, settings.defaultExpiresSeconds, settings)
  if (expiresSeconds === 'malformed') return badExpires
  if (expiresSeconds === 'too-brief') return tooBrief(settings.minExpiresSeconds)
  const entityTag = message.first(HeaderId.sipIfMatch)?.trim() ?? null
  const decoded = decodeBody(message.body, message.first(HeaderId.contentEncoding), settings.documentBytesMax)
  if (!decoded.ok) return codingRejections[decoded.fault]
  const { body } = decoded
  const hasBody = body.length > 0
  if (!hasBody && entityTag === null) return noBody
  const type = hasBody ? (message.first(HeaderId.contentType) ?? '').split(';', 1)[0]!.trim().toLowerCase() : ''
  if (hasBody && type !== pidfType && type !== partialPidfContentType) return unsupportedType
  return {
    entityTag,
    expiresSeconds,
    body: hasBody ? body : null,
    isPartial: type === partialPidfContentType,
  }
}

/** RFC 3903 §6 step 4. */
export function tooBrief(minExpiresSeconds: number): Rejection {
  return rejection({
    status: 423,
    reason: 'Interval Too Brief',
    event: 'presence.too-brief',
    headers: [['Min-Expires', String(minExpiresSeconds)]],
  })
}
