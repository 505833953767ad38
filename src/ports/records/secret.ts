/**
 * `secret`: server-wide bytes that must survive a restart and that nobody may see (keys for tokens and GRUUs).
 * Stands under `!server`; written by the part that needs it, once.
 */
import type { StoreKey } from '../store.ts'
import { recordKey } from './keys.ts'
import { serverOwner } from './manifest.ts'
import { recordKind } from './record-kind.ts'

export interface Secret {
  readonly bytes: Uint8Array
}

export const secretRecord = recordKind<Secret>({
  name: 'secret',
  version: 1,
  masked: ['bytes'],
  toFields: (secret) => [secret.bytes],
  fromFields: (fields) => ({ bytes: fields.bytes() }),
})

export function secretKey(name: string): StoreKey {
  return recordKey(serverOwner, secretRecord.name, name)
}
