/**
 * What a user is made of, as records on their way to another home: read from the store, secrets opened; and back, with
 * the secrets sealed by the new home's key.
 */
import { Buffer } from 'node:buffer'
import type { Account } from '../ports/directory.ts'
import type { MovedRecord } from '../ports/move-bus.ts'
import { aliasKey, aliasRecord } from '../ports/records/alias.ts'
import { type Credential, credentialRecord } from '../ports/records/credential.ts'
import { deviceCredentialRecord } from '../ports/records/device-credential.ts'
import { howMoved } from '../ports/records/how-moved.ts'
import { keyParts, userRange } from '../ports/records/keys.ts'
import type { RecordKind } from '../ports/records/record-kind.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import type { StoreKey } from '../ports/store.ts'
import type { Travellers } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { partBytesMax } from './limits.ts'

export type Copy = ReadonlyMap<StoreKey, Uint8Array>

/** As of now, flushed. Rejects where a record cannot be moved, with what is wrong. */
export async function readCopy(travellers: Travellers, box: SecretBox, account: Account): Promise<Copy> {
  const copy = new Map<StoreKey, Uint8Array>()
  let fault: string | null = null
  await travellers.read(userRange(account.aor), (key, value) => {
    const opened = opening(key, value, box)
    if (opened) copy.set(key, opened)
    else fault ??= `its record ${keyParts(key).kind} cannot be read`
  })
  if (fault !== null) throw new Error(fault)
  for (const alias of account.aliases) copy.set(aliasKey(alias), aliasRecord.encode({ mainAor: account.aor }))
  return copy
}

/** What must be said to whoever has `before` so that he has `now`, in parts that fit a message. */
export function partsBetween(before: Copy, now: Copy): readonly (readonly MovedRecord[])[] {
  const records: MovedRecord[] = []
  for (const [key, value] of now) {
    const known = before.get(key)
    if (!known || Buffer.compare(known, value) !== 0) records.push({ key, value })
  }
  for (const key of before.keys()) if (!now.has(key)) records.push({ key, value: null })
  return inParts(records)
}

function inParts(records: readonly MovedRecord[]): readonly (readonly MovedRecord[])[] {
  const parts: MovedRecord[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const record of records) {
    bytes += record.key.length + (record.value?.length ?? 0)
    if (bytes <= partBytesMax) parts.at(-1)?.push(record)
    else {
      parts.push([record])
      bytes = record.key.length + (record.value?.length ?? 0)
    }
  }
  return parts
}

/** May the old home give this record of this user? Of nobody else, whatever it says. */
export function isOf({ key }: MovedRecord, aor: Aor, names: readonly Aor[]): boolean {
  const { aor: owner, kind } = keyParts(key)
  const how = howMoved[kind]
  if (how === 'remade') return names.includes(owner as Aor)
  return owner === aor && (how === 'copied' || how === 'resealed')
}

/** As the new home keeps it. Null: it is no record that a user has. */
export function sealing(key: StoreKey, value: Uint8Array, box: SecretBox): Uint8Array | null {
  return carried(key, value, (open) => box.seal(open))
}

/** As it travels. Null: it cannot be opened, or it is of a kind that does not move. */
function opening(key: StoreKey, value: Uint8Array, box: SecretBox): Uint8Array | null {
  return carried(key, value, (sealed) => box.open(sealed))
}

type SecretChange = (secret: Uint8Array) => Uint8Array | null

function carried(key: StoreKey, value: Uint8Array, change: SecretChange): Uint8Array | null {
  const { kind } = keyParts(key)
  switch (howMoved[kind]) {
    case 'copied':
    case 'remade':
      return value
    case 'resealed':
      return withSecrets(kind, value, change)
    default:
      return null
  }
}

/** Each kind whose secrets are sealed by a server's own key. */
function withSecrets(kind: string, value: Uint8Array, change: SecretChange): Uint8Array | null {
  if (kind === deviceCredentialRecord.name) return changed(deviceCredentialRecord, value, change)
  return kind === credentialRecord.name ? changed(credentialRecord, value, change) : null
}

function changed<C extends Credential>(
  kind: RecordKind<C>,
  value: Uint8Array,
  change: SecretChange,
): Uint8Array | null {
  const decoded = kind.decode(value)
  if (!decoded.ok) return null
  const ha1Md5 = change(decoded.value.ha1Md5)
  const ha1Sha256 = change(decoded.value.ha1Sha256)
  return ha1Md5 && ha1Sha256 && kind.encode({ ...decoded.value, ha1Md5, ha1Sha256 })
}
