/**
 * Addresses of record (RFC 3261 §6, §10.3 step 5): the one canonical spelling under which a user is stored, hashed and
 * compared. `parseAor` is the only maker, so an `Aor` cannot be wrong. Whether an account behind it exists: directory.
 */
import { aorBytesMax } from '../message/limits.ts'
import {
  isEscapedText,
  lowerCaseOutsideEscapes,
  mayStandInPassword,
  mayStandInUser,
  normaliseEscapes,
} from './escape.ts'
import { parseHostPort } from './host.ts'

/** `sip:alice@example.test`: scheme sip, lower case, no password, port, parameters or headers; ASCII. */
export type Aor = string & { readonly aor: unique symbol }

const canonical = /^sip:[a-z0-9][a-z0-9._-]{0,63}@[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/

/**
 * The AOR that a `sip:` or `sips:` URI names, or `null`. Port, password, parameters and headers are left away.
 * Case: RFC 3261 compares users by case, people and Active Directory do not; two users that differ by case only are a
 * trap for those who write to them, so the user part is lower-cased too.
 */
export function parseAor(text: string): Aor | null {
  if (canonical.test(text)) return text as Aor
  const start = schemeLength(text)
  const at = text.indexOf('@', start)
  if (start === 0 || at < 0) return null
  const user = canonicalUser(text.slice(start, at))
  const host = canonicalHost(text.slice(at + 1))
  if (user === null || host === null) return null
  const aor = `sip:${user}@${host}`
  return aor.length > aorBytesMax ? null : (aor as Aor)
}

function schemeLength(text: string): number {
  const scheme = text.slice(0, 5).toLowerCase()
  if (scheme === 'sips:') return 5
  return scheme.startsWith('sip:') ? 4 : 0
}

function canonicalUser(userinfo: string): string | null {
  const colon = userinfo.indexOf(':')
  const user = colon < 0 ? userinfo : userinfo.slice(0, colon)
  if (user === '' || !isEscapedText(user, mayStandInUser)) return null
  if (colon >= 0 && !isEscapedText(userinfo.slice(colon + 1), mayStandInPassword)) return null
  const normal = normaliseEscapes(user)
  return normal === null ? null : lowerCaseOutsideEscapes(normal)
}

function canonicalHost(rest: string): string | null {
  const end = rest.search(/[;?]/)
  const place = parseHostPort(end < 0 ? rest : rest.slice(0, end))
  if (place === null) return null
  // A host name may end with the root's dot; the user is the same.
  const host = place.host.toLowerCase()
  return host.endsWith('.') ? host.slice(0, -1) : host
}

/** The host of an AOR: `example.test`. */
export function aorDomain(aor: Aor): string {
  return aor.slice(aor.indexOf('@') + 1)
}

/** The user part of an AOR, escapes and all: `alice`. */
export function aorUser(aor: Aor): string {
  return aor.slice(4, aor.indexOf('@'))
}
