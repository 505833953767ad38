/**
 * What a name must be so that a certificate can carry it (RFC 5280 §4.2.1.6, RFC 6125 §6.4), and what others can
 * connect to. Each function gives null for what is right, else what is wrong and the cure.
 */
import { isIP, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { isDomainName } from '../config/index.ts'
import { parseSipUri } from '../sip/index.ts'

/** Of a server: a certificate names it, so it is a name and fully qualified. */
export function serverNameFault(name: string): string | null {
  if (isIP(name) !== 0) return 'is an address; name the server, and give the address as linkHost'
  const fault = domainFault(name)
  if (fault !== null) return fault
  if (!name.includes('.')) return 'is not fully qualified; write it as in example.test, with its domain'
  return /\.\d+$/.test(name) ? 'ends in a number, which no domain name does' : null
}

/** Of a SIP domain. */
export function domainFault(name: string): string | null {
  if (isDomainName(name)) return null
  if (name.startsWith('*.')) return 'is a wildcard, which would stand for any server; name each one'
  if (name.endsWith('.') && isDomainName(name.slice(0, -1))) return 'ends in a dot, which certificates leave out'
  const ascii = domainToASCII(name)
  if (ascii !== '' && ascii !== name) return `is not in the form that certificates carry; write ${ascii}`
  if (name.includes('_')) return 'has an underscore, which authorities refuse to certify'
  return 'is no domain name: labels of letters, digits and hyphens, with dots between, 253 characters at most'
}

/** Of `linkHost`: a name, or an address that means the same server from everywhere. */
export function linkHostFault(host: string): string | null {
  if (/^\[.*\]$/.test(host)) return 'has brackets, which IPv6 addresses have in URIs only; leave them out'
  if (host.includes('%')) return 'has a zone, which means another network on each machine; use a global address'
  if (host === '0.0.0.0' || (isIPv6(host) && isUnspecified(host))) {
    return 'is an address to listen on, and none to connect to'
  }
  if (isIP(host) !== 0) return null
  if (/^[\d.]+$/.test(host)) return 'is no IPv4 address'
  return host.includes(':') ? 'is no IPv6 address; a port is given as linkPort' : domainFault(host)
}

/** Of `clientUri`: where a redirected client goes, which is a server and not a user (RFC 3261 §21.3). */
export function clientUriFault(text: string): string | null {
  const uri = parseSipUri(text)
  if (uri === null || (uri.scheme !== 'sip' && uri.scheme !== 'sips')) {
    return 'is no SIP URI; write it as in sip:home1.example.test;transport=tls'
  }
  if (uri.user !== null) return 'names a user; the part before the @ is that of whoever is redirected'
  return uri.headers === null ? null : 'has headers, which a server’s address cannot have'
}

/** By its value: `::`, `0::0` and `0:0:0:0:0:0:0:0` are one address. */
function isUnspecified(address: string): boolean {
  return /^[0:]+$/.test(address)
}
