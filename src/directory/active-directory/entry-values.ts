/**
 * Values of directory entries as the types they stand for: texts, switches, numbers, times, GUIDs ([MS-ADTS] §2.2).
 */
import type { LdapEntry } from '../../ports/ldap.ts'

export function texts(entry: LdapEntry, name: string): readonly string[] {
  const values = entry.values.get(name.toLowerCase()) ?? []
  return values.filter((value): value is string => typeof value === 'string')
}

export function text(entry: LdapEntry, name: string): string | null {
  return texts(entry, name)[0] ?? null
}

export function bytes(entry: LdapEntry, name: string): Uint8Array | null {
  const value = entry.values.get(name.toLowerCase())?.[0]
  return value === undefined || typeof value === 'string' ? null : value
}

/** Null where it is not there or no switch: absent is not false. */
export function flag(entry: LdapEntry, name: string): boolean | null {
  const value = text(entry, name)
  return value === 'TRUE' ? true : value === 'FALSE' ? false : null
}

/** A whole number that a double holds exactly. */
export function wholeNumber(entry: LdapEntry, name: string): number | null {
  const value = text(entry, name)
  if (value === null || !/^-?\d{1,20}$/.test(value)) return null
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : null
}

/** uSNs and the like, which may be larger than a double holds. */
export function bigNumber(entry: LdapEntry, name: string): bigint | null {
  const value = text(entry, name)
  return value !== null && /^-?\d{1,20}$/.test(value) ? BigInt(value) : null
}

const ticksOf1970 = 116_444_736_000_000_000n
const neverTicks = 9_223_372_036_854_775_807n

/** A time in 100 ns since 1601 as milliseconds since 1970; null for never (0 and the largest) and for no time. */
export function fileTimeMs(entry: LdapEntry, name: string): number | null {
  const ticks = bigNumber(entry, name)
  if (ticks === null || ticks <= 0n || ticks >= neverTicks) return null
  return Number((ticks - ticksOf1970) / 10_000n)
}

/** A length of time, which is kept as a negative number of 100 ns; null where it is not there, 0 for none. */
export function durationMs(entry: LdapEntry, name: string): number | null {
  const ticks = bigNumber(entry, name)
  if (ticks === null || ticks > 0n) return null
  return Number(-ticks / 10_000n)
}

/** `20261126213118.0Z` as milliseconds since 1970. */
export function generalisedTimeMs(entry: LdapEntry, name: string): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(text(entry, name) ?? '')
  if (!parts) return null
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [number, ...number[]]
  return Date.UTC(year, month! - 1, day, hour, minute, second)
}

/** The 16 bytes of a GUID as it is written: the first three fields are little-endian. */
export function guidText(guid: Uint8Array): string | null {
  if (guid.length !== 16) return null
  const hex = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((i) => guid[i]!.toString(16).padStart(2, '0'))
  return [hex.slice(0, 4), hex.slice(4, 6), hex.slice(6, 8), hex.slice(8, 10), hex.slice(10)]
    .map((part) => part.join(''))
    .join('-')
}
