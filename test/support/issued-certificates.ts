/**
 * Certificates of every kind, right and wrong, for tests of links: what our own authority would never issue too.
 */
import { webcrypto, X509Certificate } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type X509Certificate as EditableCertificate,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '../../src/certificates/x509.ts'

export const dayMs = 86_400_000
export const usageOfServers = '1.3.6.1.5.5.7.3.1'
export const usageOfClients = '1.3.6.1.5.5.7.3.2'
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }

export interface Issued {
  readonly certificate: EditableCertificate
  readonly keys: webcrypto.CryptoKeyPair
}

export interface Wanted {
  readonly name: string
  readonly dns?: readonly string[]
  /** Names of a user. */
  readonly user?: readonly { readonly type: 'url' | 'email' | 'upn'; readonly value: string }[]
  readonly usages?: readonly string[]
  readonly isAuthority?: boolean
  readonly pathLength?: number
  readonly fromDays?: number
  readonly untilDays?: number
}

let serial = 1

/** Without an issuer it signs itself. */
export async function issue(wanted: Wanted, issuer: Issued | null): Promise<Issued> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const { name, dns = [], usages = [usageOfServers, usageOfClients], isAuthority = false, pathLength } = wanted
  const names = [...dns.map((value) => ({ type: 'dns' as const, value })), ...(wanted.user ?? [])]
  const certificate = await X509CertificateGenerator.create({
    serialNumber: (serial++).toString(16).padStart(4, '0'),
    subject: `CN=${name}`,
    issuer: issuer ? issuer.certificate.subject : `CN=${name}`,
    notBefore: new Date(Date.now() + (wanted.fromDays ?? -1) * dayMs),
    notAfter: new Date(Date.now() + (wanted.untilDays ?? 100) * dayMs),
    signingAlgorithm,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    extensions: [
      new BasicConstraintsExtension(isAuthority, pathLength, true),
      isAuthority
        ? new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true)
        : new ExtendedKeyUsageExtension([...usages]),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
      ...(issuer ? [await AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey)] : []),
    ],
  })
  return { certificate, keys }
}

/** One behind the other. */
export function pemOf(...issued: readonly Issued[]): string {
  return issued.map(({ certificate }) => `${certificate.toString('pem')}\n`).join('')
}

export async function keyPemOf({ keys }: Issued): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
}

export function asX509({ certificate }: Issued): X509Certificate {
  return new X509Certificate(certificate.toString('pem'))
}

/** As a deny list has it. */
export function fingerprintOf(issued: Issued): string {
  return asX509(issued).fingerprint256.replaceAll(':', '').toLowerCase()
}

export async function crlPemOf(issuer: Issued, serialNumbers: readonly string[], nextDays = 30): Promise<string> {
  const list = await X509CrlGenerator.create({
    issuer: issuer.certificate.subject,
    thisUpdate: new Date(Date.now() - dayMs),
    nextUpdate: new Date(Date.now() + nextDays * dayMs),
    signingAlgorithm,
    signingKey: issuer.keys.privateKey,
    entries: serialNumbers.map((serialNumber) => ({ serialNumber, revocationDate: new Date(Date.now() - dayMs) })),
  })
  return list.toString('pem')
}
