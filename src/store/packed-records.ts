/**
 * Records between threads: many in one ArrayBuffer that is transferred, not copied (measured: 0.2 µs a record, 2 for a
 * message each). Keys stay UTF-8 bytes, which is what LMDB wants.
 *
 *     u32 count │ u16 key size │ i32 value size, -1 for a removal │ key │ value │ u16 …   little endian
 */
import type { RecordWrite } from '../ports/store.ts'

/** One record as bytes. Views of the packed buffer: whoever keeps one keeps them all. */
export interface PackedRecord {
  readonly key: Buffer
  readonly value: Buffer | null
}

const headBytes = 6

export function packWrites(writes: readonly RecordWrite[]): ArrayBuffer {
  return packRecords(writes.map(({ key, value }) => ({ key: Buffer.from(key), value })))
}

export function packRecords(
  records: readonly { readonly key: Buffer; readonly value: Uint8Array | null }[],
): ArrayBuffer {
  let size = 4
  for (const { key, value } of records) size += headBytes + key.length + (value?.length ?? 0)
  // A buffer of its own: what comes from Node's pool cannot be transferred.
  const packed = new ArrayBuffer(size)
  const bytes = Buffer.from(packed)
  bytes.writeUInt32LE(records.length, 0)
  let offset = 4
  for (const { key, value } of records) {
    bytes.writeUInt16LE(key.length, offset)
    bytes.writeInt32LE(value === null ? -1 : value.length, offset + 2)
    bytes.set(key, offset + headBytes)
    offset += headBytes + key.length
    if (value === null) continue
    bytes.set(value, offset)
    offset += value.length
  }
  return packed
}

export function unpackRecords(packed: ArrayBuffer): readonly PackedRecord[] {
  const bytes = Buffer.from(packed)
  const count = bytes.readUInt32LE(0)
  const records: PackedRecord[] = []
  let offset = 4
  for (let index = 0; index < count; index++) {
    const keyEnd = offset + headBytes + bytes.readUInt16LE(offset)
    const valueSize = bytes.readInt32LE(offset + 2)
    const valueEnd = keyEnd + Math.max(0, valueSize)
    const value = valueSize < 0 ? null : bytes.subarray(keyEnd, valueEnd)
    records.push({ key: bytes.subarray(offset + headBytes, keyEnd), value })
    offset = valueEnd
  }
  return records
}
