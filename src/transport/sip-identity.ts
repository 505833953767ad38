/**
 * Whether a server's certificate speaks for a SIP domain (RFC 5922 §7.2): what a SIP client checks where a browser
 * checks the host name. Used by the client side here and, later, by links.
 */
import type { PeerCertificate } from 'node:tls'

/**
 * The domains that a certificate speaks for: its `sip:` URIs, and only where it has none its DNS names (RFC 5922 §7.1).
 * `subjectAltName` as OpenSSL writes it.
 */
export function sipIdentities(subjectAltName: string): string[] {
  const names = [...subjectAltName.matchAll(/(?:^|, )(DNS|URI):([^,"]+)/g)]
  const uris = names.filter(([, kind, value]) => kind === 'URI' && /^sips?:[^@]+$/i.test(value ?? ''))
  if (uris.length > 0) return uris.map(([, , value]) => (value ?? '').replace(/^sips?:/i, '').toLowerCase())
  return names.filter(([, kind]) => kind === 'DNS').map(([, , value]) => (value ?? '').toLowerCase())
}

/** For `checkServerIdentity`: an error, or undefined. No wildcards: RFC 5922 §7.2 forbids them. */
export function checkSipIdentity(domain: string, certificate: PeerCertificate): Error | undefined {
  const identities = sipIdentities(certificate.subjectaltname ?? '')
  if (identities.includes(domain.toLowerCase())) return undefined
  return new Error(`the certificate is for ${identities.join(', ') || 'no domain'}, not for ${domain}`)
}
