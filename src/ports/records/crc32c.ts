/**
 * CRC-32C (Castagnoli; RFC 3720 appendix B.4): the checksum at the end of every record. What is done about a mismatch
 * is the caller's business. Not node:zlib's crc32, which has another polynomial and misses more of short records.
 */

/** 0x1EDC6F41 with its bits reversed, as bytes go in lowest bit first. */
const polynomial = 0x82f63b78

/** Four tables of 256 words: row n continues a byte by n further bytes, so that one step takes four bytes. */
const tables = makeTables()

function makeTables(): Int32Array {
  const words = new Int32Array(4 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let word = byte
    for (let bit = 0; bit < 8; bit++) word = word & 1 ? (word >>> 1) ^ polynomial : word >>> 1
    words[byte] = word
  }
  for (let index = 256; index < words.length; index++) {
    const shorter = words[index - 256]!
    words[index] = (shorter >>> 8) ^ words[shorter & 0xff]!
  }
  return words
}

/** The checksum of `bytes[from..to)` as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = -1
  let index = from
  for (; index + 4 <= to; index += 4) {
    crc ^= bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24)
    crc =
      tables[768 + (crc & 0xff)]! ^
      tables[512 + ((crc >>> 8) & 0xff)]! ^
      tables[256 + ((crc >>> 16) & 0xff)]! ^
      tables[crc >>> 24]!
  }
  for (; index < to; index++) crc = (crc >>> 8) ^ tables[(crc ^ bytes[index]!) & 0xff]!
  return (crc ^ -1) >>> 0
}
