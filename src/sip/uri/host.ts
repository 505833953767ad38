/**
 * `host` and `hostport` of RFC 3261 §25.1, with the IPv6 cases of RFC 5118. Used by URIs and Via.
 * Whether a name resolves, and to what, is for others.
 */
import { byteClass, digitsAt } from '../message/text.ts'

/** A host name: letters, digits, hyphens, dots; underscores because Active Directory domains have them. */
const inHostName = byteClass('_.-')
/**
 * An IPv6 reference. Only its characters are checked: RFC 5118 §4.10 asks to live with the known mistake of a third
 * colon (`[2001:db8:::192.0.2.1]`), and an address that means nothing is found out when it is used.
 */
const ipv6Reference = /^\[[0-9a-f:.]*:[0-9a-f:.]*(?:%25[\w.~-]+)?\]$/i
const portMax = 65_535
const portDigitsMax = 5
const openingBracket = 0x5b
const colon = 0x3a
const hyphen = 0x2d
const dot = 0x2e

export interface HostPort {
  readonly host: string
  readonly port: number | null
}

/** Parses `host[:port]` at `text[start, end)`. The host keeps its case. */
export function parseHostPort(text: string, start = 0, end = text.length): HostPort | null {
  const isReference = text.charCodeAt(start) === openingBracket
  const hostEnd = isReference ? referenceEnd(text, start, end) : hostNameEnd(text, start, end)
  if (hostEnd <= start) return null
  const host = text.slice(start, hostEnd)
  if (hostEnd === end) return { host, port: null }
  if (text.charCodeAt(hostEnd) !== colon) return null
  const port = parsePort(text, hostEnd + 1, end)
  return port < 0 ? null : { host, port }
}

/** Address and port as a URI, a Via or a person has them: an IPv6 address in brackets. */
export function encodeHostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** After the bracket that closes the reference, or -1. */
function referenceEnd(text: string, start: number, end: number): number {
  const closing = text.indexOf(']', start) + 1
  return closing > start && closing <= end && ipv6Reference.test(text.slice(start, closing)) ? closing : -1
}

/** The end of the name that begins at `start`, or -1: it begins with no hyphen or dot and ends with no hyphen. */
function hostNameEnd(text: string, start: number, end: number): number {
  let at = start
  while (at < end && inHostName[text.charCodeAt(at)] === 1) at++
  const first = text.charCodeAt(start)
  if (at === start || first === hyphen || first === dot || text.charCodeAt(at - 1) === hyphen) return -1
  return at
}

/** A decimal port, or -1. Port 0 can name no listener. */
function parsePort(text: string, start: number, end: number): number {
  const port = digitsAt(text, start, end, portDigitsMax)
  return port === 0 || port > portMax ? -1 : port
}
