/**
 * What a server that starts should say because it is seldom meant: a store that was made for another domain, and a
 * certificate that does not name the domain (RFC 5922 §7.1: clients then refuse it). Neither stops a start: an alias,
 * a proxy in front or a renamed domain may be the reason.
 */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Log } from '../ports/log.ts'
import { emulatedFlushVariable } from '../store/index.ts'

export interface StartWarning {
  readonly event: string
  readonly text: string
}

/** Into the log, and back as text for whoever started the server. `certFile` is null where nothing shows one. */
export function startWarnings(
  { name, aliases }: { readonly name: string; readonly aliases: readonly string[] },
  realm: string,
  certFile: string | null,
  log: Log,
): readonly string[] {
  const certificate = certFile === null ? null : certificateWarning(certFile, [name, ...aliases])
  const found = [realmWarning(realm, name), certificate].filter((warning) => warning !== null)
  for (const { event, text } of found) log.write('warn', event, { warning: text })
  return found.map(({ text }) => text)
}

/** A server that emulates another machine is no server to work with, and should not be left running as one. */
export function warnOfEmulation(log: Log): string {
  const text = `flushes are held back to emulate a slower disk: ${emulatedFlushVariable} is set; for reports only`
  log.write('warn', 'store.emulated-flush', { warning: text })
  return text
}

export function realmWarning(realm: string, domain: string): StartWarning | null {
  if (realm === domain.toLowerCase()) return null
  const text =
    `the store was made for the domain ${realm}, and domain.name is ${domain}: passwords go on being checked with ` +
    `the realm ${realm}, and users of ${realm} cannot sign in unless it is in domain.aliases`
  return { event: 'store.other-realm', text }
}

/** `domains` with all aliases; null also for a certificate that cannot be read, which the listeners complain about. */
export function certificateWarning(certFile: string, domains: readonly string[]): StartWarning | null {
  const certificate = readCertificateFile(certFile)
  if (certificate === null) return null
  const missing = domains.map((domain) => domain.toLowerCase()).filter((domain) => !namesDomain(certificate, domain))
  if (missing.length === 0) return null
  const text =
    `the certificate ${certFile} does not name ${missing.join(', ')}: clients that check it refuse to connect; ` +
    '`meridian certs show` shows its names'
  return { event: 'certificates.other-domain', text }
}

function readCertificateFile(certFile: string): X509Certificate | null {
  try {
    return new X509Certificate(readFileSync(certFile))
  } catch {
    return null
  }
}

function namesDomain(certificate: X509Certificate, domain: string): boolean {
  const uris = (certificate.subjectAltName ?? '').toLowerCase().split(', ')
  return uris.includes(`uri:sip:${domain}`) || certificate.checkHost(domain) !== undefined
}
