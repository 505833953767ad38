/**
 * Whether two documents are the same, byte for byte.
 */
import { Buffer } from 'node:buffer'

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
