/**
 * `int-crc`: CRC-32 by table over 64 KB. A loop of integers in which each step waits for the one before; a check that
 * enters no conversion.
 */
import { type Kernel, synchronous } from './kernel.ts'

const bytes = 64 * 1024

export const intCrc: Kernel = {
  class: 'check',
  operation: 'CRC-32 of 64 KB',
  start: async () => {
    const table = crcTable()
    const data = Uint8Array.from({ length: bytes }, (_, index) => (index * 31) & 255)
    let sum = 0
    return synchronous(() => {
      sum = crc(table, data, sum)
    }, 1)
  },
}

export function crc(table: Int32Array, data: Uint8Array, from = 0): number {
  let value = ~from
  for (let index = 0; index < data.length; index++) value = table[(value ^ data[index]!) & 255]! ^ (value >>> 8)
  return ~value
}

/** Of the reversed polynomial 0xEDB88320 (IEEE 802.3). */
export function crcTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, index) => {
    let value = index
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xed_b8_83_20 : value >>> 1
    return value
  })
}
