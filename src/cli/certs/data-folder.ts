/**
 * The authority and the server's certificate in the data folder, as the commands of `certs` need them.
 */
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import type { CertificateAndKey, CertificateDescription } from '../../certificates/index.ts'
import type { Config, DataPaths } from '../../config/index.ts'
import type { Outcome } from '../command.ts'
import { failed } from '../command.ts'
import { pairs } from '../table.ts'

/** What clients may call this server by; a SIP domain too, which RFC 5922 §7 asks for. */
export function serverCertificateNames({ domain, server }: Config): readonly string[] {
  const domains = [domain.name, ...domain.aliases].map((name) => name.toLowerCase())
  const hosts = [(server.name ?? hostname()).toLowerCase(), 'localhost', '127.0.0.1', '::1']
  return [...new Set([...domains, ...domains.map((name) => `sip:${name}`), ...hosts])]
}

/**
 * Loaded when a command of `certs` runs: reading it takes as long as all the rest of the command line together, which
 * every other command would pay too.
 */
export function loadCertificates(): Promise<typeof import('../../certificates/index.ts')> {
  return import('../../certificates/index.ts')
}

export type AuthorityRead =
  | { readonly ok: true; readonly authority: CertificateAndKey }
  | { readonly ok: false; readonly outcome: Outcome }

export async function readAuthority({ authority }: DataPaths): Promise<AuthorityRead> {
  if (!existsSync(authority.certFile)) {
    const message = `there is no authority in ${authority.certFile}; \`meridian certs init\` makes one`
    return { ok: false, outcome: failed(message) }
  }
  try {
    const { readCertificate } = await loadCertificates()
    return { ok: true, authority: readCertificate(authority) }
  } catch (error) {
    return { ok: false, outcome: failed(`cannot read the authority: ${(error as Error).message}`) }
  }
}

/** `days` and `names` as the libraries check them: what they throw is what was typed wrong. */
export function readDays(given: unknown, standard: number): number | null {
  if (given === undefined) return standard
  const days = Number(given)
  return Number.isInteger(days) && days >= 1 && days <= 36_500 ? days : null
}

export interface ShownCertificate extends CertificateDescription {
  readonly file: string
}

export async function describedFile(file: string, pem: string): Promise<ShownCertificate> {
  const { describeCertificate } = await loadCertificates()
  return { file, ...describeCertificate(pem) }
}

export function certificateText(shown: ShownCertificate): string {
  return pairs([
    ['file', shown.file],
    ['subject', shown.subject.replaceAll('\n', ', ')],
    ['issuer', shown.issuer.replaceAll('\n', ', ')],
    ['names', shown.names.join(' ')],
    ['usages', shown.isAuthority ? 'authority' : shown.usages.join(' ')],
    ['valid', `${isoDay(shown.notBeforeMs)} to ${isoDay(shown.notAfterMs)}`],
    ['SHA-256', shown.fingerprint],
  ])
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
