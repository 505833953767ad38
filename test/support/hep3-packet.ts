/**
 * Reads a HEP3 packet by its specification, and with nothing of ours: `HEP3`, length, chunks of vendor, type, length.
 */

/** Values of generic chunks by their types. */
export function readHep3(packet: Buffer): ReadonlyMap<number, Buffer> {
  if (packet.toString('latin1', 0, 4) !== 'HEP3') throw new Error('no HEP3')
  if (packet.readUInt16BE(4) !== packet.length) throw new Error(`${packet.readUInt16BE(4)} of ${packet.length} bytes`)
  const chunks = new Map<number, Buffer>()
  let at = 6
  while (at < packet.length) {
    const [vendor, type, length] = [packet.readUInt16BE(at), packet.readUInt16BE(at + 2), packet.readUInt16BE(at + 4)]
    if (vendor !== 0 || length < 6 || at + length > packet.length || chunks.has(type)) throw new Error(`chunk at ${at}`)
    chunks.set(type, packet.subarray(at + 6, at + length))
    at += length
  }
  return chunks
}
