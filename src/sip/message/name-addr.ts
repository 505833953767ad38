/**
 * `name-addr` and `addr-spec` with parameters (RFC 3261 §20.10): From, To, Contact, Route, Refer-To and their like.
 * The URI stays text; `../uri/sip-uri.ts` takes it apart. Bare URIs are taken in every header, as RFC 2543 peers send them.
 */
import { noParams, type Params, parseParams, skipBlanks } from './params.ts'
import { quote, quotedStringEnd, unquote } from './quoted-string.ts'
import { parseDigits } from './text.ts'

export interface NameAddr {
  /** Without quotes and escapes; `null` when there is none. */
  readonly displayName: string | null
  /** What stands between `<` and `>`, or the bare URI. */
  readonly uri: string
  /** Parameters of the header, not of the URI. */
  readonly params: Params
  readonly tag: string | null
}

/** One value of a Contact header. */
export interface ContactValue extends NameAddr {
  /** 0 to 1; 1 when absent or malformed. */
  readonly q: number
  /** `null` when absent; 3600 when malformed (RFC 3261 §10.2.1.1). */
  readonly expiresSeconds: number | null
  /** The URN in `+sip.instance`, without `<>` (RFC 5626 §4.1). */
  readonly instanceId: string | null
  /** RFC 5626 §4.2. */
  readonly regId: number | null
}

const absoluteUri = /^[a-z][a-z0-9+.-]*:[^\s<>"]+$/i
/** What a display name without quotes may not hold: a comma would end the value for others (RFC 4475 §3.1.2.15). */
const notInPlainName = /[",;<>]/

export function parseNameAddr(text: string): NameAddr | null {
  const start = skipBlanks(text, 0)
  if (text.charCodeAt(start) === 0x22) {
    const nameEnd = quotedStringEnd(text, start)
    const opening = skipBlanks(text, nameEnd)
    if (nameEnd < 0 || text.charCodeAt(opening) !== 0x3c) return null
    return afterName(text, unquote(text.slice(start, nameEnd)), opening)
  }
  const opening = text.indexOf('<', start)
  if (opening === start) return afterName(text, null, opening)
  const name = opening < 0 ? '' : text.slice(start, opening).trim()
  if (opening < 0 || name.includes(';')) return bare(text, start)
  return notInPlainName.test(name) ? null : afterName(text, name, opening)
}

function afterName(text: string, displayName: string | null, opening: number): NameAddr | null {
  const closing = text.indexOf('>', opening)
  if (closing < 0) return null
  return nameAddr(displayName, text.slice(opening + 1, closing), parseParams(text, closing + 1))
}

/** Without `<>` every parameter is the header's, and a URI with `?` or a comma is not allowed (RFC 3261 §20). */
function bare(text: string, start: number): NameAddr | null {
  const found = text.slice(start).search(/[ \t;]/)
  const end = found < 0 ? text.length : start + found
  const uri = text.slice(start, end)
  return uri.includes('?') || uri.includes(',') ? null : nameAddr(null, uri, parseParams(text, end))
}

function nameAddr(displayName: string | null, uri: string, params: Params | null): NameAddr | null {
  if (params === null || !absoluteUri.test(uri)) return null
  return { displayName, uri, params, tag: params.get('tag') ?? null }
}

/** The text of a value: name quoted, URI in `<>`, so that whose the parameters are is beyond doubt. */
export function encodeNameAddr(value: Pick<NameAddr, 'uri'> & Partial<NameAddr>): string {
  const name = value.displayName == null ? '' : `${quote(value.displayName)} `
  let text = `${name}<${value.uri}>`
  for (const [param, said] of value.params ?? noParams) text += encodeParam(param, said)
  return text
}

function encodeParam(name: string, value: string | null): string {
  if (value === null) return `;${name}`
  return /^[\w.!%*+`'~[\]:-]+$/.test(value) ? `;${name}=${value}` : `;${name}=${quote(value)}`
}

const expiresMalformedSeconds = 3600
/** RFC 3261 §20.19: the largest value that Expires can have; larger ones mean the same. */
const expiresSecondsMax = 2 ** 32 - 1

export function parseContact(text: string): ContactValue | null {
  const value = parseNameAddr(text)
  if (value === null) return null
  const { displayName, uri, params, tag } = value
  const expires = params.get('expires')
  const instance = params.get('+sip.instance')
  return {
    displayName,
    uri,
    params,
    tag,
    q: parseQ(params.get('q')),
    expiresSeconds: expires === undefined ? null : (parseExpires(expires ?? '') ?? expiresMalformedSeconds),
    instanceId: instance == null ? null : instance.replace(/^<(.*)>$/, '$1'),
    regId: parseRegId(params.get('reg-id')),
  }
}

/** Seconds of an Expires value, at most 2³²−1; `null` when it is no number. */
export function parseExpires(text: string): number | null {
  if (!/^[0-9]+$/.test(text)) return null
  const seconds = parseDigits(text)
  return seconds < 0 || seconds > expiresSecondsMax ? expiresSecondsMax : seconds
}

function parseQ(text: string | null | undefined): number {
  return text != null && /^(?:0(?:\.[0-9]*)?|1(?:\.0*)?|\.[0-9]+)$/.test(text) ? Number(text) : 1
}

function parseRegId(text: string | null | undefined): number | null {
  const number = text == null ? -1 : parseDigits(text)
  return number >= 1 && number <= 2 ** 31 - 1 ? number : null
}
