/**
 * What links are checked against, read from PEM files: authorities (roots, intermediates, in any order) and their
 * revocation lists. A list counts only if one of these authorities has signed it.
 */
import type { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type LinkTrust, plainSerial, type Revocations } from './peer-check.ts'
import { readCertificates } from './pem.ts'
import { X509Certificate as EditableCertificate, PemConverter, X509Crl } from './x509.ts'

export interface LinkTrustFiles {
  readonly caFile: string
  /** PEM or DER, one list or several in each. */
  readonly crlFiles?: readonly string[]
}

export interface ReadLinkTrust extends LinkTrust {
  /** The same authorities, for the TLS library. */
  readonly caPem: Buffer
  /** Lists that should have been replaced by now. What they revoke stays revoked. */
  readonly outdated: readonly string[]
}

/** Throws with the file, what is wrong with it and the cure. `nowMs`: system clock. */
export async function readLinkTrust({ caFile, crlFiles = [] }: LinkTrustFiles, nowMs: number): Promise<ReadLinkTrust> {
  const authorities = readAuthorities(caFile, readFileSync(caFile))
  const revocations: Revocations[] = []
  const outdated: string[] = []
  for (const file of crlFiles) {
    for (const list of readLists(file)) {
      revocations.push(await checkedList(file, list, authorities))
      if (list.nextUpdate && list.nextUpdate.getTime() < nowMs) outdated.push(file)
    }
  }
  const caPem = Buffer.from(authorities.map((each) => each.toString()).join(''))
  return { authorities, caPem, revocations, outdated }
}

function readAuthorities(file: string, content: Buffer): readonly X509Certificate[] {
  const certificates = readCertificates(content)
  if (certificates === null) {
    throw new Error(`${file} holds no certificate; links need those of the authorities that issue for servers`)
  }
  const leaf = certificates.find(({ ca }) => !ca)
  if (!leaf) return certificates
  const subject = leaf.subject.replaceAll('\n', ', ')
  throw new Error(`${file} holds ${subject}, which is no authority; only authorities belong there`)
}

/** DER of what follows the first certificate in a file: the authorities above it. */
export function intermediatesOf(certificatePem: Buffer): Buffer[] {
  const certificates = readCertificates(certificatePem) ?? []
  return certificates.slice(1).map(({ raw }) => raw)
}

function readLists(file: string): X509Crl[] {
  const content = readFileSync(file)
  const text = content.toString('latin1')
  try {
    return PemConverter.isPem(text) ? PemConverter.decode(text).map((der) => new X509Crl(der)) : [new X509Crl(content)]
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`${file} is no certificate revocation list (${why}); give one in PEM or DER`)
  }
}

async function checkedList(file: string, list: X509Crl, authorities: readonly X509Certificate[]): Promise<Revocations> {
  for (const authority of authorities) {
    if (!(await isSignedBy(list, authority))) continue
    const serialNumbers = new Set(list.entries.map(({ serialNumber }) => plainSerial(serialNumber)))
    return { issuer: authority.subject, serialNumbers }
  }
  throw new Error(
    `${file} is signed by none of the authorities of links; add the certificate of ${list.issuer} to them`,
  )
}

async function isSignedBy(list: X509Crl, authority: X509Certificate): Promise<boolean> {
  try {
    return await list.verify({ publicKey: new EditableCertificate(authority.raw) })
  } catch {
    // Keys of another kind cannot even be tried.
    return false
  }
}
