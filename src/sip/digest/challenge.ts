/**
 * Digest challenges and credentials as values (RFC 7616 §3.3 and §3.4, RFC 8760, RFC 3261 §22.4).
 * Whether a nonce is ours and a count is new is left to the edge; the arithmetic is in `compute.ts`.
 */

import { quote } from '../message/quoted-string.ts'
import { type DigestAlgorithm, type DigestQop, digestAlgorithm, digestQop } from './algorithm.ts'
import { type DigestParameters, parseDigestParameters } from './parameters.ts'

/** What a client answers in Authorization or Proxy-Authorization. Quotes and escapes are removed. */
export interface DigestCredentials {
  readonly username: string
  readonly realm: string
  readonly nonce: string
  readonly uri: string
  /** Lower-case hexadecimal, of whatever length came. */
  readonly response: string
  readonly algorithm: DigestAlgorithm
  /** Null without qop (RFC 2069 clients). */
  readonly qop: DigestQop | null
  readonly cnonce: string | null
  /** The nonce count as a number: 1 for the first use of a nonce. */
  readonly nc: number | null
  /** The nonce count as the client wrote it: that, not the number, is what it hashed. */
  readonly ncText: string | null
  readonly opaque: string | null
}

/** What a server asks in WWW-Authenticate or Proxy-Authenticate. */
export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  /** Null for an algorithm that we do not know: such a challenge is skipped (RFC 8760 §2.4). */
  readonly algorithm: DigestAlgorithm | null
  /** The offered ones that we know, in the order offered. */
  readonly qop: readonly DigestQop[]
  /** The server offers qop at all: if so and we know none of them, the challenge cannot be answered. */
  readonly qopOffered: boolean
  readonly stale: boolean
  readonly opaque: string | null
}

/**
 * Null when the value is of another scheme, malformed, lacks what RFC 7616 §3.4 requires, or asks for an algorithm or
 * qop that we never offered. Parameters may be tokens or quoted: COMPAT(many) `qop="auth"`, `algorithm="MD5"`.
 */
export function parseDigestCredentials(headerValue: string): DigestCredentials | null {
  const parameters = parseDigestParameters(headerValue)
  if (parameters === null) return null
  const username = credentialsUsername(parameters)
  const realm = parameters.get('realm')
  const nonce = parameters.get('nonce')
  const uri = parameters.get('uri')
  const response = parameters.get('response')
  const algorithm = digestAlgorithm(parameters.get('algorithm'))
  if (username === null || realm === undefined || nonce === undefined || algorithm === null) return null
  if (uri === undefined || response === undefined || !isHexadecimal(response)) return null
  const protection = credentialsProtection(parameters)
  if (protection === null) return null
  const { qop, cnonce, nc, ncText } = protection
  const opaque = parameters.get('opaque') ?? null
  return { username, realm, nonce, uri, response: response.toLowerCase(), algorithm, qop, cnonce, nc, ncText, opaque }
}

/** `username*` (RFC 7616 §3.4) is for names beyond Latin; a hashed name we never ask for, so we cannot resolve it. */
function credentialsUsername(parameters: DigestParameters): string | null {
  const plain = parameters.get('username')
  const extended = parameters.get('username*')
  if (parameters.get('userhash')?.toLowerCase() === 'true') return null
  if (extended === undefined) return plain ?? null
  if (plain !== undefined || !/^utf-8'[^']*'/i.test(extended)) return null
  try {
    return decodeURIComponent(extended.slice(extended.lastIndexOf("'") + 1))
  } catch {
    return null
  }
}

interface Protection {
  readonly qop: DigestQop | null
  readonly cnonce: string | null
  readonly nc: number | null
  readonly ncText: string | null
}

/** Without qop, clients must not send nc and cnonce (RFC 2617 §3.2.2), but some do; they are not part of the hash. */
const unprotected: Protection = { qop: null, cnonce: null, nc: null, ncText: null }

function credentialsProtection(parameters: DigestParameters): Protection | null {
  const qopText = parameters.get('qop')
  if (qopText === undefined) return unprotected
  const qop = digestQop(qopText)
  const cnonce = parameters.get('cnonce')
  const ncText = parameters.get('nc')
  if (qop === null || cnonce === undefined || ncText === undefined) return null
  const nc = parseNonceCount(ncText)
  return nc === null ? null : { qop, cnonce, nc, ncText }
}

/** Eight hexadecimal digits; COMPAT(several) fewer are taken, since the client hashes what it writes. */
function parseNonceCount(text: string): number | null {
  return text.length <= 8 && isHexadecimal(text) ? Number.parseInt(text, 16) : null
}

function isHexadecimal(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const isDigit = code >= 0x30 && code <= 0x39
    const letter = code | 0x20
    if (!isDigit && (letter < 0x61 || letter > 0x66)) return false
  }
  return text.length > 0
}

export interface ChallengeOptions {
  readonly realm: string
  readonly nonce: string
  readonly algorithm: DigestAlgorithm
  /** Only for a response that was right for an old nonce: the client may then answer without asking the user. */
  readonly stale: boolean
  /** As offered: `auth`, or `auth,auth-int`. */
  readonly qop: string
  readonly opaque?: string
}

/** The value of one WWW-Authenticate or Proxy-Authenticate header; one header a challenge (RFC 3261 §7.3.1). */
export function encodeChallenge(challenge: ChallengeOptions): string {
  const { realm, nonce, algorithm, stale, qop, opaque } = challenge
  const optional = (stale ? ', stale=true' : '') + (opaque === undefined ? '' : `, opaque=${quote(opaque)}`)
  return `Digest realm=${quote(realm)}, nonce=${quote(nonce)}, algorithm=${algorithm}, qop="${qop}"${optional}`
}

/** Null when the value is of another scheme, malformed, or lacks realm or nonce. */
export function parseChallenge(text: string): DigestChallenge | null {
  const parameters = parseDigestParameters(text)
  const realm = parameters?.get('realm')
  const nonce = parameters?.get('nonce')
  if (parameters === null || realm === undefined || nonce === undefined) return null
  const offered = parameters.get('qop')
  const qop = (offered ?? '').split(',').map((word) => digestQop(word.trim()))
  return {
    realm,
    nonce,
    algorithm: digestAlgorithm(parameters.get('algorithm')),
    qop: qop.filter((word) => word !== null),
    qopOffered: offered !== undefined,
    stale: parameters.get('stale')?.toLowerCase() === 'true',
    opaque: parameters.get('opaque') ?? null,
  }
}
