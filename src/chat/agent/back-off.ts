/**
 * How long to wait before the next connection (RFC 5626 §4.5): doubles with each failure, up to a bound, and the last
 * half is random, so that the clients of a server that died do not return in one wave.
 */
import type { Entropy } from '../../ports/entropy.ts'
import type { BackOff } from './settings.ts'

/** `failuresCount` from 1: failures in a row. */
export function backOffMs({ baseMs, maxMs }: BackOff, failuresCount: number, entropy: Entropy): number {
  const upperMs = Math.min(maxMs, baseMs * 2 ** Math.min(failuresCount - 1, 30))
  const share = entropy.bytes(2).readUInt16BE(0) / 65_535
  return Math.round((upperMs / 2) * (1 + share))
}
