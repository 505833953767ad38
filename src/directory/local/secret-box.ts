/**
 * Encrypts password equivalents at rest: AES-256-GCM under a key that is handed in. Where the key lives is the business
 * of `../ha1-key-file.ts`; which records hold sealed bytes, that of the credential record.
 */
import { Buffer } from 'node:buffer'
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import type { Entropy } from '../../ports/entropy.ts'
import type { SecretBox } from '../../ports/secret-box.ts'

export const secretKeyBytes = 32

/** Version, nonce, ciphertext, tag. The version is authenticated too, so that it cannot be lowered one day. */
const version = Buffer.from([1])
const nonceBytes = 12
const tagBytes = 16

export function createSecretBox(key: Uint8Array, entropy: Entropy): SecretBox {
  if (key.length !== secretKeyBytes) throw new RangeError(`a secret key has ${secretKeyBytes} bytes, not ${key.length}`)
  // Made once: of plain bytes Node makes a key with every call, five times the work of opening.
  const secretKey = createSecretKey(key)
  return { seal: (plain) => seal(secretKey, entropy, plain), open: (sealed) => open(secretKey, sealed) }
}

function seal(key: KeyObject, entropy: Entropy, plain: Uint8Array): Buffer {
  // A random nonce is good for 2^32 messages under one key; a password change makes two.
  const nonce = entropy.bytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(version)
  return Buffer.concat([version, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function open(key: KeyObject, sealed: Uint8Array): Buffer | null {
  const headBytes = version.length + nonceBytes
  if (sealed.length < headBytes + tagBytes || sealed[0] !== version[0]) return null
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(version.length, headBytes))
  decipher.setAAD(version)
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  const plain = decipher.update(sealed.subarray(headBytes, sealed.length - tagBytes))
  try {
    return Buffer.concat([plain, decipher.final()])
  } catch {
    return null
  }
}
