/**
 * What a certificate says, for people and for checks: names, time, usages, issuer. Read with Node's own parser.
 * Whether to trust it is decided where it is shown (TLS, links).
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'

export type CertificateUsage = 'server' | 'client'

export interface CertificateDescription {
  readonly subject: string
  readonly issuer: string
  /** As `issueCertificate` takes them: DNS names and addresses bare, SIP domains as `sip:…`. */
  readonly names: readonly string[]
  readonly usages: readonly CertificateUsage[]
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** SHA-256, hexadecimal, lower case, without colons. */
  readonly fingerprint: string
  readonly serialNumber: string
  readonly isAuthority: boolean
}

const serverAuth = '1.3.6.1.5.5.7.3.1'
const clientAuth = '1.3.6.1.5.5.7.3.2'

/** Throws Node's error for a text that is no certificate. Of a chain it describes the first. */
export function describeCertificate(certificatePem: string | Buffer): CertificateDescription {
  const certificate = new X509Certificate(certificatePem)
  const purposes = certificate.keyUsage ?? []
  const usages: CertificateUsage[] = []
  if (purposes.includes(serverAuth)) usages.push('server')
  if (purposes.includes(clientAuth)) usages.push('client')
  return {
    subject: certificate.subject ?? '',
    issuer: certificate.issuer ?? '',
    names: alternativeNames(certificate.subjectAltName ?? ''),
    usages,
    notBeforeMs: certificate.validFromDate.getTime(),
    notAfterMs: certificate.validToDate.getTime(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    serialNumber: certificate.serialNumber.toLowerCase(),
    isAuthority: certificate.ca,
  }
}

/** Whether this certificate was issued by that authority: name and signature. */
export function isIssuedBy(certificatePem: string, authorityPem: string): boolean {
  const certificate = new X509Certificate(certificatePem)
  const authority = new X509Certificate(authorityPem)
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
}

/** Whether key and certificate belong together; false also while one of the two files is only half replaced. */
export function isPair(certificatePem: string, keyPem: string): boolean {
  try {
    return new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem))
  } catch {
    return false
  }
}

/** From OpenSSL's text, where anything that could be mistaken for a separator stands in JSON quotes. */
function alternativeNames(text: string): string[] {
  const names: string[] = []
  for (const [, kind, quoted, bare] of text.matchAll(/(DNS|IP Address|URI):(?:"((?:[^"\\]|\\.)*)"|([^,]*))/g)) {
    const value = quoted === undefined ? (bare ?? '') : (JSON.parse(`"${quoted}"`) as string)
    names.push(kind === 'IP Address' ? canonicalAddress(value) : value)
  }
  return names
}

/** OpenSSL writes IPv6 in eight groups; people, and we, write it short. */
function canonicalAddress(address: string): string {
  return address.includes(':') ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address
}
