/**
 * What a record kind is: a name, the newest version that this build writes, and both directions between its fields and
 * its typed value. One kind a file beside this one; `kinds.ts` lists them.
 */
import { FieldReader } from './field-reader.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'

export type DecodedRecord<V> =
  | { readonly ok: true; readonly value: V }
  | { readonly ok: false; readonly reason: string }

export interface RecordKind<V> {
  /** The kind's part of the key. */
  readonly name: string
  /** Newest version known. A newer one is unreadable, never guessed at. */
  readonly version: number
  /** Fields that are never shown, not even to the administrator. */
  readonly masked: readonly string[]
  encode(value: V): Buffer
  decode(bytes: Uint8Array): DecodedRecord<V>
}

export interface RecordKindParts<V> {
  readonly name: string
  readonly version: number
  readonly masked?: readonly string[]
  /** The fields of the newest version, in the order that `docs/store.md` gives. */
  toFields(value: V): readonly unknown[]
  /** Reads any version from 1 to the newest. */
  fromFields(fields: FieldReader, version: number): V
}

export function recordKind<V>(parts: RecordKindParts<V>): RecordKind<V> {
  return {
    name: parts.name,
    version: parts.version,
    masked: parts.masked ?? [],
    encode: (value) => encodeRecord(parts.version, parts.toFields(value)),
    decode: (bytes) => decodeValue(parts, bytes),
  }
}

function decodeValue<V>(parts: RecordKindParts<V>, bytes: Uint8Array): DecodedRecord<V> {
  const decoded = decodeRecord(bytes)
  if (!decoded.ok) return decoded
  if (decoded.version > parts.version) {
    return { ok: false, reason: `version ${decoded.version}, this build reads up to ${parts.version}` }
  }
  const reader = new FieldReader(decoded.fields)
  const value = parts.fromFields(reader, decoded.version)
  const fault = reader.fault
  return fault === null ? { ok: true, value } : { ok: false, reason: fault }
}
