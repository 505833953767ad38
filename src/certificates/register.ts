/**
 * What an authority of ours has issued and revoked: one line of JSON each, appended and flushed before the certificate
 * leaves, beside the authority's key. Without it nobody could say which certificate a serial number means.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { describeCertificate } from './describe.ts'
import type { CertificateFiles } from './files.ts'
import type { Revocation, RevocationReason } from './revocation.ts'

export interface IssuedCertificate {
  /** Hexadecimal, lower case. */
  readonly serialNumber: string
  /** SHA-256, hexadecimal, lower case. */
  readonly fingerprint: string
  readonly subject: string
  readonly names: readonly string[]
  readonly isAuthority: boolean
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

export interface Register {
  readonly issued: readonly IssuedCertificate[]
  readonly revoked: readonly Revocation[]
  /** Of the newest revocation list; 0 before the first. */
  readonly listNumber: number
}

type Line =
  | { readonly kind: 'issued'; readonly certificate: IssuedCertificate }
  | { readonly kind: 'revoked'; readonly revocation: Revocation }
  | { readonly kind: 'list'; readonly number: number }

/** `authority.crt` has `authority.issued.jsonl` beside it. */
export function registerFile({ certFile }: Pick<CertificateFiles, 'certFile'>): string {
  return `${certFile.replace(/\.crt$/, '')}.issued.jsonl`
}

export function revocationListFile({ certFile }: Pick<CertificateFiles, 'certFile'>): string {
  return `${certFile.replace(/\.crt$/, '')}.crl`
}

/** Empty where there is none yet. Throws where it cannot be read, or a line in it is damaged. */
export function readRegister(authority: Pick<CertificateFiles, 'certFile'>): Register {
  const path = registerFile(authority)
  const issued: IssuedCertificate[] = []
  const revoked: Revocation[] = []
  let listNumber = 0
  for (const [index, text] of linesOf(path).entries()) {
    const line = parseLine(text)
    if (line === null) throw new Error(`${path}:${index + 1}: this line is damaged; take the file from a backup`)
    if (line.kind === 'issued') issued.push(line.certificate)
    else if (line.kind === 'revoked') revoked.push(line.revocation)
    else listNumber = line.number
  }
  return { issued, revoked, listNumber }
}

export function recordIssued(authority: Pick<CertificateFiles, 'certFile'>, certificatePem: string): void {
  const { serialNumber, fingerprint, subject, names, isAuthority, notBeforeMs, notAfterMs } =
    describeCertificate(certificatePem)
  const certificate = { serialNumber, fingerprint, subject, names, isAuthority, notBeforeMs, notAfterMs }
  append(registerFile(authority), { kind: 'issued', certificate })
}

export function recordRevoked(
  authority: Pick<CertificateFiles, 'certFile'>,
  revocation: { serialNumber: string; revokedAtMs: number; reason: RevocationReason },
): void {
  append(registerFile(authority), { kind: 'revoked', revocation })
}

export function recordList(authority: Pick<CertificateFiles, 'certFile'>, number: number): void {
  append(registerFile(authority), { kind: 'list', number })
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function parseLine(text: string): Line | null {
  try {
    const line = JSON.parse(text) as Line
    return ['issued', 'revoked', 'list'].includes(line.kind) ? line : null
  } catch {
    return null
  }
}

function append(path: string, line: Line): void {
  const file = openSync(path, 'a', 0o600)
  try {
    writeSync(file, `${JSON.stringify(line)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
