/**
 * Files with several certificates: the chain of a server, the authorities that are believed.
 */
import { X509Certificate } from 'node:crypto'

const block = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

/** Each certificate of a PEM text by itself, in its order, whatever stands between them. */
export function pemCertificates(text: string): readonly string[] {
  return text.match(block) ?? []
}

/**
 * The certificates of a file as authorities send them: PEM with one or more, or DER with one. Null where it is neither
 * or one of them cannot be read.
 */
export function readCertificates(content: Buffer): readonly X509Certificate[] | null {
  const text = content.toString('latin1')
  const pems = pemCertificates(text)
  try {
    if (pems.length > 0) return pems.map((pem) => new X509Certificate(pem))
    return text.includes('-----BEGIN') ? null : [new X509Certificate(content)]
  } catch {
    return null
  }
}
