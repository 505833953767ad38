/**
 * The authority and the server's certificate in the data folder, as the commands of `certs` need them.
 */
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { CertificateAndKey, CertificateDescription, CertificateFiles } from '../../certificates/index.ts'
import { type Config, type DataPaths, ownDomains } from '../../config/index.ts'
import type { Invocation, OptionDescription, Outcome } from '../command.ts'
import { failed } from '../command.ts'
import { pairs } from '../table.ts'
import { wholeNumber } from '../whole-number.ts'
import { newPassphrase, passphraseOption, readPassphrase } from './passphrase.ts'

/** What clients may call this server by; a SIP domain too, which RFC 5922 §7 asks for. */
export function serverCertificateNames({ domain, server }: Config): readonly string[] {
  const domains = ownDomains(domain)
  const hosts = [(server.name ?? hostname()).toLowerCase(), 'localhost', '127.0.0.1', '::1']
  return [...new Set([...domains, ...domains.map((name) => `sip:${name}`), ...hosts])]
}

/** Of a server among others: its own name, which links ask for, and the domains, which clients ask for. */
export function roleCertificateNames(name: string, domains: readonly string[]): readonly string[] {
  return [...new Set([name.toLowerCase(), ...domains, ...domains.map((domain) => `sip:${domain}`)])]
}

/**
 * Loaded when a command of `certs` runs: reading it takes as long as all the rest of the command line together, which
 * every other command would pay too.
 */
export function loadCertificates(): Promise<typeof import('../../certificates/index.ts')> {
  return import('../../certificates/index.ts')
}

export const authorityOption: OptionDescription = {
  flags: '--authority <path>',
  text: 'the authority in <path>.crt and <path>.key',
  default: 'that of the data folder',
}

/** Of commands that sign with it. */
export const signingOptions: readonly OptionDescription[] = [authorityOption, passphraseOption]

/** Of `--authority`, with or without `.crt` at its end. */
export function authorityFiles({ options, io }: Invocation, paths: DataPaths): CertificateFiles {
  if (typeof options.authority !== 'string') return paths.authority
  return filesAt(resolve(io.cwd, options.authority.replace(/\.crt$/, '')))
}

export function filesAt(path: string): CertificateFiles {
  return { certFile: `${path}.crt`, keyFile: `${path}.key` }
}

/** Null where none of them is there; what was made with a key that is overwritten is lost. */
export function overwriteFault(files: Partial<CertificateFiles>): string | null {
  const present = [files.certFile, files.keyFile].find((file) => file !== undefined && existsSync(file))
  return present === undefined ? null : `${present} exists already; nothing was overwritten`
}

export type AuthorityRead =
  | { readonly ok: true; readonly authority: CertificateAndKey; readonly files: CertificateFiles }
  | { readonly ok: false; readonly outcome: Outcome }

export async function readAuthority(files: CertificateFiles, invocation: Invocation): Promise<AuthorityRead> {
  if (!existsSync(files.certFile)) {
    const message = `there is no authority in ${files.certFile}; \`meridian certs init\` makes one`
    return { ok: false, outcome: failed(message) }
  }
  if (!existsSync(files.keyFile)) {
    const message = `the key of the authority is not here (${files.keyFile}); run this where it is kept`
    return { ok: false, outcome: failed(message) }
  }
  const { isPair, readCertificate } = await loadCertificates()
  try {
    const { certificatePem, keyPem } = readCertificate(files)
    const opened = await openKey(keyPem, files.keyFile, invocation)
    if (!opened.ok) return { ok: false, outcome: failed(opened.message) }
    const authority = { certificatePem, keyPem: opened.keyPem }
    if (isPair(certificatePem, opened.keyPem)) return { ok: true, authority, files }
    return { ok: false, outcome: failed(`${files.keyFile} is not the key of ${files.certFile}`) }
  } catch (error) {
    return { ok: false, outcome: failed(`cannot read the authority: ${(error as Error).message}`) }
  }
}

type OpenedKey = { readonly ok: true; readonly keyPem: string } | { readonly ok: false; readonly message: string }

async function openKey(keyPem: string, file: string, invocation: Invocation): Promise<OpenedKey> {
  const { isLockedKey, unlockKey } = await loadCertificates()
  if (!isLockedKey(keyPem)) return { ok: true, keyPem }
  const read = await readPassphrase(invocation, file)
  if (!read.ok) return read
  const opened = unlockKey(keyPem, read.passphrase)
  return opened === null
    ? { ok: false, message: `this passphrase does not open ${file}` }
    : { ok: true, keyPem: opened }
}

export type MadeKey = { readonly ok: true; readonly made: CertificateAndKey } | { readonly ok: false; message: string }

/** With `--lock` under a passphrase; `make` is not called where that is not given. */
export async function makeAuthority(invocation: Invocation, make: () => Promise<CertificateAndKey>): Promise<MadeKey> {
  if (invocation.options.lock !== true) return { ok: true, made: await make() }
  const { lockKey } = await loadCertificates()
  const read = await newPassphrase(invocation)
  if (!read.ok) return read
  const { certificatePem, keyPem } = await make()
  return { ok: true, made: { certificatePem, keyPem: lockKey(keyPem, read.passphrase) } }
}

/** `days` and `names` as the libraries check them: what they throw is what was typed wrong. */
export function readDays(given: unknown, standard: number): number | null {
  return given === undefined ? standard : wholeNumber(given, 1, 36_500)
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

export function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
