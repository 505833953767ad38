/**
 * `credential`: password equivalents (HA1, RFC 7616 §3.4.2) of an account, each already encrypted with AES-256-GCM
 * under a key that is kept apart from the store. This file sees sealed bytes only; sealing is `src/directory/local/`.
 */
import type { StoreKey } from '../store.ts'
import { recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface Credential {
  /** Nonce, ciphertext and tag as the directory made them. */
  readonly ha1Md5: Uint8Array
  readonly ha1Sha256: Uint8Array
}

export const credentialRecord = recordKind<Credential>({
  name: 'credential',
  version: 1,
  masked: ['ha1Md5', 'ha1Sha256'],
  toFields: (credential) => [credential.ha1Md5, credential.ha1Sha256],
  fromFields: (fields) => ({ ha1Md5: fields.bytes(), ha1Sha256: fields.bytes() }),
})

export function credentialKey(aor: string): StoreKey {
  return recordKey(aor, credentialRecord.name)
}
