/**
 * Lists of revoked certificates (CRLs, RFC 5280 §5) of our own authorities: made whole each time, from the register.
 */

import type { CertificateAndKey } from './authority.ts'
import { importKey, signingAlgorithm } from './keys.ts'
import {
  AuthorityKeyIdentifierExtension,
  Extension,
  PemConverter,
  X509Certificate,
  X509Crl,
  X509CrlGenerator,
  X509CrlReason,
} from './x509.ts'

/** Long enough to be made anew by hand once a month. Others may refuse all when it has ended; links keep to it. */
export const revocationListDays = 45

/** As far as administrators tell them apart (RFC 5280 §5.3.1). */
export type RevocationReason = 'unspecified' | 'key-compromise' | 'superseded' | 'ceased'

const reasonCodes: Readonly<Record<RevocationReason, X509CrlReason | null>> = {
  // RFC 5280 §5.3.1: left out rather than said.
  unspecified: null,
  'key-compromise': X509CrlReason.keyCompromise,
  superseded: X509CrlReason.superseded,
  ceased: X509CrlReason.cessationOfOperation,
}

export interface Revocation {
  /** Hexadecimal. */
  readonly serialNumber: string
  readonly revokedAtMs: number
  readonly reason: RevocationReason
}

export interface RevocationListOptions {
  readonly authority: CertificateAndKey
  /** Rises with each list (RFC 5280 §5.2.3). */
  readonly number: number
  readonly revocations: readonly Revocation[]
  readonly days?: number
  readonly nowMs: number
}

/** PEM. An empty list is one too: whoever checks lists wants one of each authority. */
export async function createRevocationList(options: RevocationListOptions): Promise<string> {
  const issuer = new X509Certificate(options.authority.certificatePem)
  const list = await X509CrlGenerator.create({
    issuer: issuer.subjectName.toJSON(),
    thisUpdate: new Date(options.nowMs),
    nextUpdate: new Date(options.nowMs + (options.days ?? revocationListDays) * 86_400_000),
    signingAlgorithm,
    signingKey: await importKey(options.authority.keyPem),
    entries: options.revocations.map(({ serialNumber, revokedAtMs, reason }) => {
      const code = reasonCodes[reason]
      const entry = { serialNumber, revocationDate: new Date(revokedAtMs) }
      return code === null ? entry : { ...entry, reason: code }
    }),
    extensions: [await AuthorityKeyIdentifierExtension.create(issuer), crlNumber(options.number)],
  })
  // RFC 7468 §6; OpenSSL reads no other label.
  return PemConverter.encode(list.rawData, 'X509 CRL')
}

export interface RevocationListDescription {
  readonly issuer: string
  readonly thisUpdateMs: number
  /** Null: it does not say, which RFC 5280 forbids. */
  readonly nextUpdateMs: number | null
  /** Hexadecimal, lower case. */
  readonly serialNumbers: readonly string[]
}

/** Throws for a text that is no list. */
export function describeRevocationList(pem: string): RevocationListDescription {
  const list = new X509Crl(pem)
  return {
    issuer: list.issuer,
    thisUpdateMs: list.thisUpdate.getTime(),
    nextUpdateMs: list.nextUpdate?.getTime() ?? null,
    serialNumbers: list.entries.map(({ serialNumber }) => serialNumber.toLowerCase()),
  }
}

/** DER of a positive INTEGER, as the extension of the number is. */
function crlNumber(number: number): Extension {
  let hex = number.toString(16)
  if (hex.length % 2 === 1) hex = `0${hex}`
  // A first bit of one would make it negative.
  if (Number.parseInt(hex.slice(0, 2), 16) > 0x7f) hex = `00${hex}`
  return new Extension(
    '2.5.29.20',
    false,
    Buffer.from(`02${(hex.length / 2).toString(16).padStart(2, '0')}${hex}`, 'hex'),
  )
}
