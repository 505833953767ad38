/**
 * Keys of authorities under a passphrase, as PKCS #8 has them (RFC 5958 §3): what lies in a safe should be of no use
 * to whoever takes it.
 */
import { createPrivateKey } from 'node:crypto'

export function isLockedKey(keyPem: string): boolean {
  return keyPem.includes('ENCRYPTED')
}

export function lockKey(keyPem: string, passphrase: string): string {
  const form = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const
  return createPrivateKey(keyPem).export(form).toString()
}

/** Null: the passphrase is wrong. Throws where it is no key. */
export function unlockKey(keyPem: string, passphrase: string): string | null {
  try {
    return createPrivateKey({ key: keyPem, passphrase }).export({ type: 'pkcs8', format: 'pem' }).toString()
  } catch (error) {
    if (/bad decrypt|bad password/i.test((error as Error).message)) return null
    throw error
  }
}
