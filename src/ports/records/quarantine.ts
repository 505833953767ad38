/**
 * `quarantine`: a record that could not be read, as it was found. Written by `src/store/` at start. A user whose
 * account or policy is here is closed to all until repaired, which the shard decides from `quarantinedOwner`.
 */
import type { StoreKey } from '../store.ts'
import { hashedPart, keyParts } from './keys.ts'
import { recordKind } from './record-kind.ts'

/** First part of every key in quarantine. */
export const quarantineOwner = '!quarantine'

export interface QuarantinedRecord {
  readonly key: StoreKey
  readonly reason: string
  readonly atMs: number
  readonly bytes: Uint8Array
}

export const quarantineRecord = recordKind<QuarantinedRecord>({
  name: 'quarantine',
  version: 1,
  masked: ['bytes'],
  toFields: (record) => [record.key, record.reason, record.atMs, record.bytes],
  fromFields: (fields) => ({
    key: fields.text(),
    reason: fields.text(),
    atMs: fields.count(),
    bytes: fields.bytes(),
  }),
})

/** `!quarantine / AOR / kind / SHA-256 of the key`: the whole key might be too long behind the prefix. */
export function quarantineKey(key: StoreKey): StoreKey {
  const { aor, kind } = keyParts(key)
  return [quarantineOwner, aor.slice(0, 320), kind.slice(0, 64), hashedPart(key)].join('\0')
}

/** Whose record of which kind lies behind a key in quarantine. */
export function quarantinedOwner(key: StoreKey): { readonly aor: string; readonly kind: string } {
  const { kind: aor, parts } = keyParts(key)
  return { aor, kind: parts[0] ?? '' }
}
