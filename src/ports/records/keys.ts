/**
 * Keys of the store: parts joined by U+0000, `AOR / kind / …`, compared as UTF-8 bytes, so that a user is one range
 * (start, move, delete). Pure; the kinds' own keys stand beside their records.
 */
import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import type { ScanRange, StoreKey } from '../store.ts'

/** LMDB's limit at pages of 4 KB. A longer key is a bug of ours: free text goes in as `hashedPart`. */
export const keyBytesMax = 1978

const separator = '\0'
/** The first text behind every key that goes on with a separator. */
const afterSeparator = '\x01'

/** Every key that there can be. */
export const wholeRange: ScanRange = { from: '\0', to: '\u{10ffff}' }

/** The first part is an AOR, or a server-wide name with `!` in front. */
export function recordKey(aor: string, kind: string, ...parts: readonly string[]): StoreKey {
  const key = [aor, kind, ...parts].join(separator)
  if (aor === '' || kind === '' || !key.isWellFormed()) throw new RangeError('a record key needs AOR and kind as text')
  if (aor.includes(separator) || kind.includes(separator) || parts.some(holdsSeparator)) {
    throw new RangeError('a part of a record key holds the separator')
  }
  // Three bytes a UTF-16 unit is the worst case: the exact count is taken only near the limit.
  if (key.length * 3 > keyBytesMax && Buffer.byteLength(key) > keyBytesMax) throw new RangeError('record key too long')
  return key
}

function holdsSeparator(part: string): boolean {
  return part.includes(separator)
}

export interface KeyParts {
  readonly aor: string
  readonly kind: string
  readonly parts: readonly string[]
}

/** `kind` is empty for a text that is no record key. */
export function keyParts(key: StoreKey): KeyParts {
  const [aor = '', kind = '', ...parts] = key.split(separator)
  return { aor, kind, parts }
}

/** The AOR or server-wide name, without taking the rest apart. */
export function keyOwner(key: StoreKey): string {
  const end = key.indexOf(separator)
  return end < 0 ? key : key.slice(0, end)
}

/** All records of one AOR, or of one server-wide name. */
export function userRange(aor: string): ScanRange {
  return { from: aor + separator, to: aor + afterSeparator }
}

/** All records of all users: every AOR starts with `sip:`, and `;` is the character behind the colon. */
export const usersRange: ScanRange = { from: 'sip:', to: 'sip;' }

/** SHA-256 in hexadecimal: for free text, which may be long and may hold anything. */
export function hashedPart(text: string): string {
  return hash('sha256', text, 'hex')
}

/** A count that sorts as a number: 14 hexadecimal digits, enough for every safe integer. */
export function numberPart(number: number): string {
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`number in a record key: ${number}`)
  return number.toString(16).padStart(14, '0')
}

/** Order of the store: UTF-8 bytes, which is the order of code points and not that of UTF-16 units. */
export function compareKeys(a: StoreKey, b: StoreKey): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const unitA = a.charCodeAt(index)
    const unitB = b.charCodeAt(index)
    if (unitA !== unitB) return codePointOrder(unitA) - codePointOrder(unitB)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above U+FFFF, so they sort behind U+E000 to U+FFFF. */
function codePointOrder(unit: number): number {
  if (unit < 0xd800) return unit
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}
