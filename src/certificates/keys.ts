/**
 * Keys of certificates: EC P-256, made, written and read as PKCS #8; serial numbers; how long something is valid.
 */
import { webcrypto } from 'node:crypto'
import { PemConverter } from './x509.ts'

export type CryptoKey = webcrypto.CryptoKey

/** Every client of the last ten years takes P-256, and its handshake costs a tenth of RSA-2048's on our side. */
export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' }
export const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }

/** Valid a little before it was made: the clocks of phones and old machines are behind. */
const backdatingMs = 60 * 60_000

const dayMs = 86_400_000

/** 16 random bytes whose first is positive and not zero (RFC 5280 §4.1.2.2). */
export function randomSerial(): string {
  const bytes = webcrypto.getRandomValues(Buffer.alloc(16))
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return bytes.toString('hex')
}

export function validity(days: number, nowMs: number = Date.now()): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(nowMs - backdatingMs), notAfter: new Date(nowMs + days * dayMs) }
}

export async function createKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
}

export async function exportKey(key: CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

export async function importKey(keyPem: string): Promise<CryptoKey> {
  const [der] = PemConverter.decode(keyPem)
  if (!der) throw new TypeError('the key of the authority is no PEM')
  return await webcrypto.subtle.importKey('pkcs8', der, keyAlgorithm, false, ['sign'])
}
