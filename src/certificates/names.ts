/**
 * The names that a certificate speaks for: DNS names, addresses and SIP domains (RFC 5280 §4.2.1.6, RFC 5922 §7.1).
 * Whether a peer's certificate fits the domain that was asked for is decided by who connects.
 */
import { isIP } from 'node:net'

export interface CertificateName {
  readonly kind: 'dns' | 'ip' | 'uri'
  readonly value: string
}

const label = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?'
const dnsName = new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`)

/**
 * `example.test`, `*.example.test`, `127.0.0.1`, `::1` or `sip:example.test`; null for anything else. A SIP URI in a
 * certificate names a domain: with a user part it would speak for one user only (RFC 5922 §7.1).
 */
export function parseCertificateName(text: string): CertificateName | null {
  const lower = text.toLowerCase()
  if (isIP(lower) !== 0) return { kind: 'ip', value: lower }
  const domain = /^sips?:(.*)$/.exec(lower)?.[1]
  if (domain !== undefined) return isDnsName(domain) ? { kind: 'uri', value: `sip:${domain}` } : null
  return isDnsName(lower) ? { kind: 'dns', value: lower } : null
}

function isDnsName(text: string): boolean {
  return text.length <= 253 && dnsName.test(text) && !/^[\d.]+$/.test(text)
}
