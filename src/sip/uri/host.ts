/**
 * `host` and `hostport` of RFC 3261 §25.1, with the IPv6 cases of RFC 5118. Used by URIs and Via.
 * Whether a name resolves, and to what, is for others.
 */

/** A host name: letters, digits, hyphens, dots; underscores because Active Directory domains have them. */
const hostName = /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?$/i
/**
 * An IPv6 reference. Only its characters are checked: RFC 5118 §4.10 asks to live with the known mistake of a third colon
 * (`[2001:db8:::192.0.2.1]`), and an address that means nothing is found out when it is used.
 */
const ipv6Reference = /^\[[0-9a-f:.]*:[0-9a-f:.]*(?:%25[\w.~-]+)?\]$/i
const portMax = 65_535

export function isHost(text: string): boolean {
  return text.charCodeAt(0) === 0x5b ? ipv6Reference.test(text) : hostName.test(text)
}

export interface HostPort {
  readonly host: string
  readonly port: number | null
}

/** Parses `host[:port]`, blanks around the colon allowed (Via: RFC 4475 §3.1.1.1). The host keeps its case. */
export function parseHostPort(text: string): HostPort | null {
  const hostEnd = text.charCodeAt(0) === 0x5b ? text.indexOf(']') + 1 : text.indexOf(':')
  const colon = text.indexOf(':', Math.max(hostEnd, 0))
  if (hostEnd === 0 && text.charCodeAt(0) === 0x5b) return null
  if (colon < 0) return isHost(text) ? { host: text, port: null } : null
  const host = text.slice(0, colon).trimEnd()
  const port = parsePort(text.slice(colon + 1).trimStart())
  return port < 0 || !isHost(host) ? null : { host, port }
}

/** A decimal port, or -1. Port 0 can name no listener. */
function parsePort(text: string): number {
  if (!/^[0-9]{1,5}$/.test(text)) return -1
  const port = Number(text)
  return port === 0 || port > portMax ? -1 : port
}
