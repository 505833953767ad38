/**
 * What a certificate of a server or client says beside its names, the same in a request for one and in the answer
 * (RFC 5280 §4.2.1, RFC 5924 §4).
 */

import type { CertificateUsage } from './describe.ts'
import { type CertificateName, parseCertificateName } from './names.ts'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
} from './x509.ts'

const Usage = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2', sipDomain: '1.3.6.1.5.5.7.3.20' }

/** Throws for none, and for a text that is no name. */
export function checkedNames(texts: readonly string[]): readonly CertificateName[] {
  if (texts.length === 0) throw new RangeError('a certificate needs at least one name')
  return texts.map((text) => {
    const name = parseCertificateName(text)
    if (!name) throw new RangeError(`"${text}" is no DNS name, no address and no SIP domain like sip:example.test`)
    return name
  })
}

/** 64 is the bound of a common name (RFC 5280 appendix A.1); clients read the alternative names. */
export function commonNameOf(names: readonly CertificateName[]): string {
  return (names[0] as CertificateName).value.replace(/^sip:/, '').slice(0, 64)
}

export function leafExtensions(
  names: readonly CertificateName[],
  usages: readonly CertificateUsage[],
): readonly Extension[] {
  const purposes = usages.map((usage) => Usage[usage])
  // RFC 5924 §4: among the purposes of a certificate that speaks for a SIP domain is this one.
  if (names.some(({ kind }) => kind === 'uri')) purposes.push(Usage.sipDomain)
  const alternatives = names.map(({ kind, value }) => ({ type: kind === 'uri' ? ('url' as const) : kind, value }))
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(purposes),
    new SubjectAlternativeNameExtension(alternatives),
  ]
}
