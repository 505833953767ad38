/**
 * Bytes of one record ↔ its version and fields: version byte, plain msgpack array, CRC-32C of all before it.
 * No structure is shared between records, so one unreadable record never costs another. What the fields mean is each
 * kind's own file; what happens to an unreadable record is decided in `src/store/`.
 *
 *     0         1                                   n-4       n
 *     ┌─────────┬───────────────────────────────────┬─────────┐
 *     │ version │ msgpack array of fields           │ CRC-32C │  little endian
 *     └─────────┴───────────────────────────────────┴─────────┘
 */
import { Packr, Unpackr } from 'msgpackr'
import { crc32c } from './crc32c.ts'

export type DecodedFields =
  | { readonly ok: true; readonly version: number; readonly fields: readonly unknown[] }
  | { readonly ok: false; readonly reason: string }

/** Version byte, an empty array, the checksum. */
const recordBytesMin = 6

// `useRecords: false` writes objects as plain maps; without it msgpackr invents structures that it shares.
const packr = new Packr({ useRecords: false, moreTypes: false, encodeUndefinedAsNil: true })
// Copied buffers: a decoded body must not keep the whole chunk of a scan alive.
const unpackr = new Unpackr({ useRecords: false, moreTypes: false, copyBuffers: true })

/** Fields are null, booleans, numbers, texts, bytes and arrays of these. The caller owns the buffer. */
export function encodeRecord(version: number, fields: readonly unknown[]): Buffer {
  if (!Number.isInteger(version) || version < 1 || version > 255) throw new RangeError(`record version ${version}`)
  const packed = packr.pack(fields)
  const bytes = Buffer.allocUnsafe(packed.length + 5)
  bytes[0] = version
  bytes.set(packed, 1)
  bytes.writeUInt32LE(crc32c(bytes, 0, packed.length + 1), packed.length + 1)
  return bytes
}

/** Bytes within the fields are copies. The reason of a failure is fit for the administrator's eyes. */
export function decodeRecord(bytes: Uint8Array): DecodedFields {
  if (bytes.length < recordBytesMin) return { ok: false, reason: `only ${bytes.length} bytes` }
  const end = bytes.length - 4
  const found = (bytes[end]! | (bytes[end + 1]! << 8) | (bytes[end + 2]! << 16) | (bytes[end + 3]! << 24)) >>> 0
  if (crc32c(bytes, 0, end) !== found) return { ok: false, reason: 'checksum does not match' }
  const version = bytes[0]!
  if (version === 0) return { ok: false, reason: 'version 0' }
  const fields = unpackArray(bytes.subarray(1, end))
  return fields === null ? { ok: false, reason: 'not a msgpack array' } : { ok: true, version, fields }
}

function unpackArray(packed: Uint8Array): readonly unknown[] | null {
  try {
    const value: unknown = unpackr.unpack(packed)
    return Array.isArray(value) ? value : null
  } catch {
    // msgpackr answers bad input by throwing only; here it is a value like any other rejection.
    return null
  }
}
