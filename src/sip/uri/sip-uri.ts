/**
 * SIP and SIPS URIs (RFC 3261 §19.1), and `im:`/`pres:` URIs, which have the same shape (RFC 3860, 3859).
 * Any other scheme is `null` here: such a URI is carried as text and never taken apart. Identity of users: `aor.ts`.
 */
import { type Aor, parseAor } from './aor.ts'
import {
  isEscapedText,
  lowerCaseOutsideEscapes,
  mayStandInHeaders,
  mayStandInParam,
  mayStandInPassword,
  mayStandInUser,
  normaliseEscapes,
} from './escape.ts'
import { parseHostPort } from './host.ts'

/** Texts keep the case and the escapes they came in; `scheme` and the names of `params` are lower case. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips' | string
  readonly user: string | null
  readonly password: string | null
  /** IPv6 addresses keep their brackets. */
  readonly host: string
  readonly port: number | null
  readonly params: ReadonlyMap<string, string | null>
  /** What follows `?`, undecoded. */
  readonly headers: string | null
}

const noParams: ReadonlyMap<string, string | null> = new Map()
const schemes = new Set(['sip', 'sips', 'im', 'pres'])

export function parseSipUri(text: string): SipUri | null {
  const colon = text.indexOf(':')
  const scheme = schemeOf(text, colon)
  if (scheme === null) return null
  const at = text.indexOf('@', colon)
  const hostStart = at >= 0 ? at + 1 : colon + 1
  const question = text.indexOf('?', hostStart)
  const paramsEnd = question >= 0 ? question : text.length
  const semicolon = text.indexOf(';', hostStart)
  const hostEnd = semicolon >= 0 && semicolon < paramsEnd ? semicolon : paramsEnd
  const headers = question >= 0 ? text.slice(question + 1) : null
  if (headers !== null && !isEscapedText(headers, mayStandInHeaders)) return null
  const userinfo = at >= 0 ? parseUserinfo(text, colon + 1, at) : noUserinfo
  const place = parseHostPort(text, hostStart, hostEnd)
  const params = hostEnd === paramsEnd ? noParams : parseUriParams(text.slice(hostEnd + 1, paramsEnd))
  if (userinfo === null || place === null || params === null) return null
  const { user, password } = userinfo
  return { scheme, user, password, host: place.host, port: place.port, params, headers }
}

function schemeOf(text: string, colon: number): string | null {
  if (text.startsWith('sip:')) return 'sip'
  const scheme = text.slice(0, colon).toLowerCase()
  return schemes.has(scheme) ? scheme : null
}

interface Userinfo {
  readonly user: string | null
  readonly password: string | null
}

const noUserinfo: Userinfo = { user: null, password: null }

/** `user[:password]` at `text[start, end)`. */
function parseUserinfo(text: string, start: number, end: number): Userinfo | null {
  const colon = text.indexOf(':', start)
  const hasPassword = colon >= 0 && colon < end
  const user = text.slice(start, hasPassword ? colon : end)
  const password = hasPassword ? text.slice(colon + 1, end) : null
  if (user === '' || !isEscapedText(user, mayStandInUser)) return null
  return password === null || isEscapedText(password, mayStandInPassword) ? { user, password } : null
}

/** Parses `name[=value];…`. The first of two parameters of one name counts; the RFC allows one only. */
function parseUriParams(text: string): ReadonlyMap<string, string | null> | null {
  const params = new Map<string, string | null>()
  for (const part of text.split(';')) {
    const equals = part.indexOf('=')
    const name = (equals < 0 ? part : part.slice(0, equals)).toLowerCase()
    const value = equals < 0 ? null : part.slice(equals + 1)
    if (name === '' || !isEscapedText(name, mayStandInParam)) return null
    if (value !== null && !isEscapedText(value, mayStandInParam)) return null
    if (!params.has(name)) params.set(name, value)
  }
  return params
}

/** The text of a URI; for what `parseSipUri` made, the same URI again. */
export function encodeSipUri(uri: SipUri): string {
  let text = `${uri.scheme}:`
  if (uri.user !== null) text += uri.password === null ? `${uri.user}@` : `${uri.user}:${uri.password}@`
  text += uri.host
  if (uri.port !== null) text += `:${uri.port}`
  for (const [name, value] of uri.params) text += value === null ? `;${name}` : `;${name}=${value}`
  return uri.headers === null ? text : `${text}?${uri.headers}`
}

/** Parameters whose absence on one side makes two URIs differ (RFC 3261 §19.1.4). */
const decidingParams = ['user', 'ttl', 'method', 'maddr', 'transport']

/** RFC 3261 §19.1.4. User and password by case, all else without; `sip:a@h` and `sip:a@h:5060` differ. */
export function sipUrisEqual(a: SipUri | string, b: SipUri | string): boolean {
  const left = typeof a === 'string' ? parseSipUri(a) : a
  const right = typeof b === 'string' ? parseSipUri(b) : b
  if (left === null || right === null) return false
  return (
    left.scheme === right.scheme &&
    sameText(left.user, right.user) &&
    sameText(left.password, right.password) &&
    left.host.toLowerCase() === right.host.toLowerCase() &&
    left.port === right.port &&
    sameParams(left.params, right.params) &&
    sameHeaders(left.headers, right.headers)
  )
}

function sameText(a: string | null, b: string | null): boolean {
  return a === b || (a !== null && b !== null && normaliseEscapes(a) === normaliseEscapes(b))
}

function sameParams(a: SipUri['params'], b: SipUri['params']): boolean {
  for (const [name, value] of a) {
    if (b.has(name) && foldedValue(b.get(name)) !== foldedValue(value)) return false
  }
  return decidingParams.every((name) => a.has(name) === b.has(name))
}

function foldedValue(value: string | null | undefined): string | null {
  return value == null ? null : lowerCaseOutsideEscapes(normaliseEscapes(value) ?? value)
}

/** Header components must all be on both sides, in any order. */
function sameHeaders(a: string | null, b: string | null): boolean {
  if (a === b) return true
  if (a === null || b === null) return false
  return sortedHeaders(a) === sortedHeaders(b)
}

function sortedHeaders(headers: string): string {
  return headers
    .split('&')
    .map((part) => {
      const name = part.split('=', 1)[0]!
      return name.toLowerCase() + (normaliseEscapes(part.slice(name.length)) ?? '')
    })
    .sort()
    .join('&')
}

/** The AOR that this URI names (RFC 3261 §10.3 step 5), or `null` if it names none. */
export function uriAor(uri: SipUri | string): Aor | null {
  if (typeof uri === 'string') return parseAor(uri)
  return uri.user === null ? null : parseAor(`${uri.scheme}:${uri.user}@${uri.host}`)
}
