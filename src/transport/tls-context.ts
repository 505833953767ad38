/**
 * The TLS parameters that all our listeners share, and the certificate per domain (SNI, RFC 6066 §3). Files are read
 * here; who made them is not our concern.
 */
import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'

/** PEM files: a certificate with its intermediates, and its key. */
export interface CertificateFiles {
  readonly certFile: string
  readonly keyFile: string
}

export interface TlsCertificates {
  /** Opens the key of `certificate` where it is encrypted. */
  readonly passphrase?: string
  /** Shown to whom names no domain, or one that is not listed. */
  readonly certificate: CertificateFiles
  /** By domain in lower case; `*.example.test` fits one label. */
  readonly domains?: ReadonlyMap<string, CertificateFiles>
  /** PEM; what the chains of clients' certificates are held against. */
  readonly clientAuthorityFile?: string
}

/** TLS 1.0 and 1.1 are forbidden (RFC 8996). */
export const tlsVersions = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' } as const

/** Seconds that a ticket is good for: a day, as long as its key lives. Node's 300 would not outlast a lunch break. */
export const ticketLifetimeSeconds = 24 * 60 * 60

/** Sessions are resumed only where they were made: the same for all workers and after a restart. */
export const sessionIdContext = 'meridian-sip'

/** Throws Node's error where a file cannot be read or is no PEM. */
export function contextOptions(files: CertificateFiles, certificates: TlsCertificates): SecureContextOptions {
  const { clientAuthorityFile } = certificates
  return {
    ...tlsVersions,
    cert: readFileSync(files.certFile),
    key: readFileSync(files.keyFile),
    ...(certificates.passphrase === undefined ? {} : { passphrase: certificates.passphrase }),
    ...(clientAuthorityFile === undefined ? {} : { ca: readFileSync(clientAuthorityFile) }),
    sessionIdContext,
    honorCipherOrder: true,
  }
}

export type DomainContexts = ReadonlyMap<string, SecureContext>

export function domainContexts(certificates: TlsCertificates): DomainContexts {
  const contexts = new Map<string, SecureContext>()
  for (const [domain, files] of certificates.domains ?? []) {
    contexts.set(domain.toLowerCase(), createSecureContext(contextOptions(files, certificates)))
  }
  return contexts
}

/** Undefined: the default certificate. */
export function contextFor(contexts: DomainContexts, serverName: string): SecureContext | undefined {
  const name = serverName.toLowerCase()
  return contexts.get(name) ?? contexts.get(name.replace(/^[^.]+/, '*'))
}
