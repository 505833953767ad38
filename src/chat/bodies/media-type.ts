/**
 * The value of Content-Type (RFC 3261 §20.15, RFC 2045 §5.1) as far as instant messages need it, and text by its
 * charset.
 */
import { parseParams } from '../../sip/message/params.ts'

export interface MediaType {
  /** `text/plain`, lower case. */
  readonly type: string
  readonly charset: string | null
}

export const MediaTypes = {
  text: 'text/plain',
  cpim: 'message/cpim',
  composing: 'application/im-iscomposing+xml',
  notification: 'message/imdn+xml',
  presence: 'application/pidf+xml',
  /** A document, and those that it names (RFC 2387). */
  parts: 'multipart/related',
} as const

/** Null when there is no value, or one that is no media type. */
export function parseMediaType(value: string | null): MediaType | null {
  if (value === null) return null
  const semicolon = value.indexOf(';')
  const type = (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase()
  if (!/^[\w.!#$&^+-]+\/[\w.!#$&^+-]+$/.test(type)) return null
  const params = semicolon < 0 ? null : parseParams(value, semicolon)
  return { type, charset: params?.get('charset') ?? null }
}

/** Null for a charset that we do not know. Bytes that are none of its characters become U+FFFD. */
export function decodeText(bytes: Uint8Array, charset: string | null): string | null {
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes)
  } catch {
    return null
  }
}
