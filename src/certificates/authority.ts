/**
 * A private certification authority on EC P-256: makes its own certificate, those of authorities below it, and those
 * of servers and peers (RFC 5280, RFC 5922). Keeping files is `files.ts`'s; what a certificate says is `describe.ts`'s.
 */

import { type CertificateUsage, describeCertificate } from './describe.ts'
import { type CryptoKey, createKeys, exportKey, importKey, randomSerial, signingAlgorithm, validity } from './keys.ts'
import { checkedNames, commonNameOf, leafExtensions } from './leaf-extensions.ts'
import { pemCertificates } from './pem.ts'
import type { OpenedRequest } from './request.ts'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from './x509.ts'

/** Ten years: replacing the root means touching every client. */
export const authorityDays = 3_650

/** Five years: twice in the life of its root, and nobody has to touch a client for it. */
export const intermediateDays = 1_825

/** Just above a year, the most that current clients accept. */
export const certificateDays = 397

/** A certificate and its key, both PEM; the key is PKCS #8. */
export interface CertificateAndKey {
  /** The certificate first; behind it those of the authorities above, where there are any. */
  readonly certificatePem: string
  readonly keyPem: string
}

export interface AuthorityOptions {
  /** Shown by clients that ask whether to trust it. */
  readonly commonName: string
  /** How many authorities may stand between it and a server; 0 by default: it signs leaves only. */
  readonly levelsBelow?: number
  readonly days?: number
  /** For tests of expiry; the system's clock by default. */
  readonly nowMs?: number
}

export async function createAuthority(options: AuthorityOptions): Promise<CertificateAndKey> {
  const keys = await createKeys()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: [{ CN: [options.commonName] }],
    ...validity(options.days ?? authorityDays, options.nowMs),
    signingAlgorithm,
    keys,
    extensions: [
      ...authorityExtensions(options.levelsBelow ?? 0),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificatePem: certificate.toString('pem'), keyPem: await exportKey(keys.privateKey) }
}

export interface IntermediateOptions extends AuthorityOptions {
  readonly authority: CertificateAndKey
}

/**
 * An authority below another, for a site. Its text holds those above it too, so that it alone can be trusted. Throws
 * where the authority above may sign leaves only. It never outlives that one.
 */
export async function createIntermediate(options: IntermediateOptions): Promise<CertificateAndKey> {
  const { authority } = options
  const above = new X509Certificate(authority.certificatePem).getExtension(BasicConstraintsExtension)
  const levelsBelow = options.levelsBelow ?? 0
  if (!above?.ca || (above.pathLength !== undefined && above.pathLength <= levelsBelow)) {
    throw new RangeError('this authority signs certificates of servers only, no further authorities')
  }
  const keys = await createKeys()
  const own = await sign(authority, {
    commonName: options.commonName,
    days: options.days ?? intermediateDays,
    nowMs: options.nowMs,
    publicKey: keys.publicKey,
    extensions: authorityExtensions(levelsBelow),
  })
  return { certificatePem: `${own}\n${authority.certificatePem.trim()}\n`, keyPem: await exportKey(keys.privateKey) }
}

export interface IssueOptions {
  readonly authority: CertificateAndKey
  /** DNS names, addresses and `sip:` domains; the first is the common name. Throws on one that is none. */
  readonly names: readonly string[]
  /** Both by default: a server is a client of other servers. */
  readonly usages?: readonly CertificateUsage[]
  readonly days?: number
  readonly nowMs?: number
}

/** Makes a fresh key and a certificate for it. It never outlives its authority. */
export async function issueCertificate(options: IssueOptions): Promise<CertificateAndKey> {
  const keys = await createKeys()
  const certificatePem = await issueFor(options, keys.publicKey)
  return { certificatePem, keyPem: await exportKey(keys.privateKey) }
}

/** A certificate for the key of a request; the key itself stays where it was made. */
export async function issueForRequest(options: IssueOptions, request: OpenedRequest): Promise<string> {
  return issueFor(options, await request.publicKey.export())
}

export interface RenewOptions {
  readonly authority: CertificateAndKey
  /** What is to be replaced: its names and usages are kept. */
  readonly certificatePem: string
  readonly days?: number
  readonly nowMs?: number
}

/** Issues anew, with a fresh key: a key that was stolen unnoticed ends with its certificate. */
export function renewCertificate({ certificatePem, ...options }: RenewOptions): Promise<CertificateAndKey> {
  const { names, usages } = describeCertificate(certificatePem)
  return issueCertificate({ ...options, names, usages })
}

/** With the authorities between it and the root, which whoever is shown it cannot know (RFC 8446 §4.4.2). */
async function issueFor(options: IssueOptions, publicKey: CryptoKey): Promise<string> {
  const names = checkedNames(options.names)
  const own = await sign(options.authority, {
    commonName: commonNameOf(names),
    days: options.days ?? certificateDays,
    nowMs: options.nowMs,
    publicKey,
    extensions: leafExtensions(names, options.usages ?? ['server', 'client']),
  })
  const between = pemCertificates(options.authority.certificatePem).filter((pem) => !isSelfSigned(pem))
  return between.length === 0 ? own : `${[own, ...between].join('\n')}\n`
}

interface Signed {
  readonly commonName: string
  readonly days: number
  readonly nowMs: number | undefined
  readonly publicKey: CryptoKey
  readonly extensions: readonly Extension[]
}

async function sign(authority: CertificateAndKey, what: Signed): Promise<string> {
  const issuer = new X509Certificate(authority.certificatePem)
  const wanted = validity(what.days, what.nowMs)
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: [{ CN: [what.commonName] }],
    issuer: issuer.subjectName.toJSON(),
    notBefore: wanted.notBefore,
    notAfter: new Date(Math.min(wanted.notAfter.getTime(), issuer.notAfter.getTime())),
    signingAlgorithm,
    publicKey: what.publicKey,
    signingKey: await importKey(authority.keyPem),
    extensions: [
      ...what.extensions,
      await AuthorityKeyIdentifierExtension.create(issuer),
      await SubjectKeyIdentifierExtension.create(what.publicKey),
    ],
  })
  return certificate.toString('pem')
}

function authorityExtensions(levelsBelow: number): readonly Extension[] {
  return [
    new BasicConstraintsExtension(true, levelsBelow, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ]
}

function isSelfSigned(pem: string): boolean {
  const { subject, issuer } = new X509Certificate(pem)
  return subject === issuer
}
