/**
 * `name-addr` and `addr-spec` with parameters (RFC 3261 §20.10): From, To, Contact, Route, Refer-To and their like.
 * The URI stays text; `../uri/sip-uri.ts` takes it apart. Bare URIs are taken in every header, as RFC 2543 peers send
 * them.
 */
import { noParams, type Params, parseParams, skipBlanks } from './params.ts'
import { quote, quotedStringEnd, unquote } from './quoted-string.ts'
import { byteClass, parseDigits } from './text.ts'

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

const isSchemeByte = byteClass('+.-')
/** What a display name without quotes may not hold: a comma would end the value for others (RFC 4475 §3.1.2.15). */
const notInPlainName = /[",;<>]/

/** Parses one value, not a list, at `text[start, end)`; `null` when it is malformed. */
export function parseNameAddr(text: string, start = 0, end = text.length): NameAddr | null {
  const first = skipBlanks(text, start, end)
  if (first < end && text.charCodeAt(first) === 0x22) return afterQuotedName(text, first, end)
  const opening = text.indexOf('<', first)
  if (opening === first && opening < end) return inBrackets(text, null, opening, end)
  if (opening < 0 || opening > end) return bare(text, first, end)
  const name = text.slice(first, opening).trim()
  // A semicolon before the bracket: a bare URI, with the bracket in a parameter.
  if (name.includes(';')) return bare(text, first, end)
  return notInPlainName.test(name) ? null : inBrackets(text, name, opening, end)
}

function afterQuotedName(text: string, start: number, end: number): NameAddr | null {
  const nameEnd = quotedStringEnd(text, start, end)
  if (nameEnd < 0) return null
  const opening = skipBlanks(text, nameEnd, end)
  if (opening === end || text.charCodeAt(opening) !== 0x3c) return null
  return inBrackets(text, unquote(text, start, nameEnd), opening, end)
}

function inBrackets(text: string, displayName: string | null, opening: number, end: number): NameAddr | null {
  const closing = text.indexOf('>', opening)
  if (closing < 0 || closing >= end || !isAbsoluteUri(text, opening + 1, closing)) return null
  return nameAddr(displayName, text.slice(opening + 1, closing), parseParams(text, closing + 1, end))
}

/** Without `<>` every parameter is the header's, and a URI with `?` or a comma is not allowed (RFC 3261 §20). */
function bare(text: string, start: number, end: number): NameAddr | null {
  let uriEnd = start
  while (uriEnd < end && !endsBareUri(text.charCodeAt(uriEnd))) uriEnd++
  const uri = text.slice(start, uriEnd)
  if (uri.includes('?') || uri.includes(',') || !isAbsoluteUri(text, start, uriEnd)) return null
  return nameAddr(null, uri, parseParams(text, uriEnd, end))
}

function nameAddr(displayName: string | null, uri: string, params: Params | null): NameAddr | null {
  return params === null ? null : { displayName, uri, params, tag: params.get('tag') ?? null }
}

/**
 * The tag of this value as it is written in `text`, with the quotes that it may have: our requests name the peer by it
 * again. Null without one.
 */
export function writtenTag(text: string, { uri, tag }: NameAddr): string | null {
  if (tag === null || !text.includes('"')) return tag
  const first = skipBlanks(text, 0, text.length)
  const nameEnd = text.charCodeAt(first) === 0x22 ? Math.max(first, quotedStringEnd(text, first)) : first
  const opening = text.indexOf('<', nameEnd)
  const isInBrackets = opening >= 0 && text.startsWith(`${uri}>`, opening + 1)
  const uriEnd = isInBrackets ? opening + uri.length + 2 : text.indexOf(uri, nameEnd) + uri.length
  return parseParams(text, uriEnd, text.length, true)?.get('tag') ?? tag
}

function endsBareUri(code: number): boolean {
  return code === 0x3b || code === 0x20 || code === 0x09
}

/** A scheme, a colon, and something without blanks, quotes and angle brackets. */
function isAbsoluteUri(text: string, start: number, end: number): boolean {
  let at = start
  while (at < end && isSchemeByte[text.charCodeAt(at)] === 1) at++
  if (at === start || at + 1 >= end || text.charCodeAt(at) !== 0x3a) return false
  for (at++; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code <= 0x20 || code === 0x22 || code === 0x3c || code === 0x3e || code === 0x7f) return false
  }
  return true
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
