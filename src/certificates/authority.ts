/**
 * A private certification authority on EC P-256: makes its own certificate and issues those of servers and peers
 * (RFC 5280, RFC 5922). Keeping the files is `files.ts`'s; what a certificate says is `describe.ts`'s.
 */
// The package's dependency injection needs the metadata before anything of it is loaded.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { type CertificateUsage, describeCertificate } from './describe.ts'
import { type CertificateName, parseCertificateName } from './names.ts'

cryptoProvider.set(webcrypto)

type CryptoKey = webcrypto.CryptoKey

/** Every client of the last ten years takes P-256, and its handshake costs a tenth of RSA-2048's on our side. */
const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }

/** Valid a little before it was made: the clocks of phones and old machines are behind. */
const backdatingMs = 60 * 60_000

const dayMs = 86_400_000

/** Ten years: replacing the root means touching every client. */
export const authorityDays = 3_650

/** Just above a year, the most that current clients accept. */
export const certificateDays = 397

const Usage = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2', sipDomain: '1.3.6.1.5.5.7.3.20' }

/** A certificate and its key, both PEM; the key is PKCS #8. */
export interface CertificateAndKey {
  readonly certificatePem: string
  readonly keyPem: string
}

export interface AuthorityOptions {
  /** Shown by clients that ask whether to trust it. */
  readonly commonName: string
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
      // It signs leaves only, no further authorities.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificatePem: certificate.toString('pem'), keyPem: await exportKey(keys.privateKey) }
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
  const names = options.names.map(checkedName)
  const [first] = names
  if (!first) throw new RangeError('a certificate needs at least one name')
  const issuer = new X509Certificate(options.authority.certificatePem)
  const keys = await createKeys()
  const wanted = validity(options.days ?? certificateDays, options.nowMs)
  const notAfter = new Date(Math.min(wanted.notAfter.getTime(), issuer.notAfter.getTime()))
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    // 64 is the bound of a common name (RFC 5280 appendix A.1); clients read the alternative names.
    subject: [{ CN: [first.value.replace(/^sip:/, '').slice(0, 64)] }],
    issuer: issuer.subjectName.toJSON(),
    notBefore: wanted.notBefore,
    notAfter,
    signingAlgorithm,
    publicKey: keys.publicKey,
    signingKey: await importKey(options.authority.keyPem),
    extensions: await leafExtensions(names, options.usages ?? ['server', 'client'], issuer, keys.publicKey),
  })
  return { certificatePem: certificate.toString('pem'), keyPem: await exportKey(keys.privateKey) }
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

function checkedName(text: string): CertificateName {
  const name = parseCertificateName(text)
  if (!name) throw new RangeError(`"${text}" is no DNS name, no address and no SIP domain like sip:example.test`)
  return name
}

async function leafExtensions(
  names: readonly CertificateName[],
  usages: readonly CertificateUsage[],
  issuer: X509Certificate,
  publicKey: CryptoKey,
): Promise<Extension[]> {
  const purposes = usages.map((usage) => Usage[usage])
  // RFC 5924 §4: among the purposes of a certificate that speaks for a SIP domain is this one.
  if (names.some(({ kind }) => kind === 'uri')) purposes.push(Usage.sipDomain)
  const alternatives = names.map(({ kind, value }) => ({ type: kind === 'uri' ? ('url' as const) : kind, value }))
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(purposes),
    new SubjectAlternativeNameExtension(alternatives),
    await AuthorityKeyIdentifierExtension.create(issuer),
    await SubjectKeyIdentifierExtension.create(publicKey),
  ]
}

/** 16 random bytes whose first is positive and not zero (RFC 5280 §4.1.2.2). */
function randomSerial(): string {
  const bytes = webcrypto.getRandomValues(Buffer.alloc(16))
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return bytes.toString('hex')
}

function validity(days: number, nowMs: number = Date.now()): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(nowMs - backdatingMs), notAfter: new Date(nowMs + days * dayMs) }
}

async function createKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
}

async function exportKey(key: CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

async function importKey(keyPem: string): Promise<CryptoKey> {
  const [der] = PemConverter.decode(keyPem)
  if (!der) throw new TypeError('the key of the authority is no PEM')
  return await webcrypto.subtle.importKey('pkcs8', der, keyAlgorithm, false, ['sign'])
}
