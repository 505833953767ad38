/**
 * Bytes that outlive their message. A small Buffer is a view of a slab, a body one of what its socket read: either
 * keeps all of it, 64 KB, for as long as anybody holds the view.
 */

/** The same bytes in memory of their own; themselves where they have it already. */
export function ownBytes(bytes: Uint8Array): Buffer {
  const { buffer, byteOffset, byteLength } = bytes
  if (byteLength === buffer.byteLength) return Buffer.from(buffer, byteOffset, byteLength)
  const own = Buffer.allocUnsafeSlow(byteLength)
  own.set(bytes)
  return own
}
