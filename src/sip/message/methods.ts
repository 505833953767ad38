/**
 * Methods that we know by name (RFC 3261 and extensions), as shared strings: comparing them is comparing pointers, and
 * naming one allocates nothing. Methods are case-sensitive (§7.1); any other token is a method too.
 */
import { textAt } from './text.ts'

const known = [
  'MESSAGE',
  'REGISTER',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'OPTIONS',
  'INFO',
  'REFER',
  'UPDATE',
  'PRACK',
  'SERVICE',
  'BENOTIFY',
].map((name) => ({ name, bytes: Buffer.from(name, 'latin1') }))

/** The method at `bytes[start, end)`. */
export function methodAt(bytes: Buffer, start: number, end: number): string {
  for (const method of known) {
    if (method.bytes.length === end - start && standsAt(method.bytes, bytes, start)) return method.name
  }
  return textAt(bytes, start, end)
}

function standsAt(wanted: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < wanted.length; index++) {
    if (bytes[start + index] !== wanted[index]) return false
  }
  return true
}
