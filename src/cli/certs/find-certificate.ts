/**
 * Which certificate somebody means by a file, a fingerprint or a serial number.
 */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Register } from '../../certificates/index.ts'
import { plainFingerprint } from '../../topology/index.ts'
import { fileFault } from '../file-fault.ts'
import { loadCertificates } from './data-folder.ts'

export interface MeantCertificate {
  /** SHA-256; null where only the serial number is known. */
  readonly fingerprint: string
  /** Null: it was named by its fingerprint and is not in the register. */
  readonly serialNumber: string | null
  readonly name: string
  /** Our authority has issued it, by its signature or by its register. */
  readonly isOurs: boolean
}

export type FoundCertificate =
  | { readonly ok: true; readonly certificate: MeantCertificate }
  | { readonly ok: false; readonly message: string }

export async function findCertificate(
  text: string,
  { register, authorityPem, cwd }: { register: Register; authorityPem: string | null; cwd: string },
): Promise<FoundCertificate> {
  const path = resolve(cwd, text)
  if (existsSync(path)) return ofFile(path, text, authorityPem)
  const digits = plainFingerprint(text)
  if (!/^[0-9a-f]+$/.test(digits)) return { ok: false, message: `there is no file ${text}` }
  const issued = register.issued.find(
    ({ fingerprint, serialNumber }) => fingerprint === digits || withoutZeros(serialNumber) === withoutZeros(digits),
  )
  if (issued) {
    const { fingerprint, serialNumber, names, subject } = issued
    return { ok: true, certificate: { fingerprint, serialNumber, name: names[0] ?? subject, isOurs: true } }
  }
  if (digits.length === 64) {
    return { ok: true, certificate: { fingerprint: digits, serialNumber: null, name: digits, isOurs: false } }
  }
  const message = `no certificate with the serial number ${text} is in the register; give its file or fingerprint`
  return { ok: false, message }
}

async function ofFile(path: string, shown: string, authorityPem: string | null): Promise<FoundCertificate> {
  const { describeCertificate, isIssuedBy, readCertificates } = await loadCertificates()
  try {
    const [certificate] = readCertificates(readFileSync(path)) ?? []
    if (!certificate) return { ok: false, message: `${shown} holds no certificate that can be read` }
    const pem = certificate.toString()
    const { fingerprint, serialNumber, names, subject } = describeCertificate(pem)
    const isOurs = authorityPem !== null && isIssuedBy(pem, authorityPem)
    return { ok: true, certificate: { fingerprint, serialNumber, name: names[0] ?? subject, isOurs } }
  } catch (error) {
    return { ok: false, message: `cannot read ${shown}: ${fileFault(error)}` }
  }
}

/** Tools differ in whether they write the leading ones. */
function withoutZeros(serialNumber: string): string {
  return serialNumber.replace(/^0+/, '')
}
