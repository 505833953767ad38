/**
 * Requests for a certificate of another authority (PKCS #10, RFC 2986): made with a fresh key, and read where ours is
 * the authority that is asked.
 */

import { createKeys, exportKey, signingAlgorithm } from './keys.ts'
import { checkedNames, commonNameOf, leafExtensions } from './leaf-extensions.ts'
import {
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  type PublicKey,
  SubjectAlternativeNameExtension,
} from './x509.ts'

export interface RequestAndKey {
  readonly requestPem: string
  readonly keyPem: string
}

/** Asks for both usages: a server is a client of other servers. Throws on a name that is none. */
export async function createRequest(texts: readonly string[]): Promise<RequestAndKey> {
  const names = checkedNames(texts)
  const keys = await createKeys()
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [commonNameOf(names)] }],
    keys,
    signingAlgorithm,
    // What an authority leaves out it left out against our wish; `certs install` says so.
    extensions: [...leafExtensions(names, ['server', 'client'])],
  })
  return { requestPem: request.toString('pem'), keyPem: await exportKey(keys.privateKey) }
}

export interface OpenedRequest {
  /** As `issueCertificate` takes them. */
  readonly names: readonly string[]
  readonly publicKey: PublicKey
}

/** Null for what is no request, or one that was not signed with the key that it asks for. */
export async function openRequest(pem: string): Promise<OpenedRequest | null> {
  try {
    const request = new Pkcs10CertificateRequest(pem)
    if (!(await request.verify())) return null
    const alternatives = request.extensions.find((extension) => extension instanceof SubjectAlternativeNameExtension)
    const names = alternatives?.names.items.map(({ value }) => value) ?? []
    return { names, publicKey: request.publicKey }
  } catch {
    return null
  }
}
