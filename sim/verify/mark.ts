/**
 * The last 24 visible bytes of every message body of a run: when it was due (8), then sender, recipient, number within
 * the pair, and a check (4 each), all as base64url. By them a receiver knows what it got, whatever the server did to
 * the headers.
 */
import { mix } from './mix.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const values = new Int8Array(128).fill(-1)
for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value

export const markBytes = 24
/** What four characters hold: the largest number of a user and of a message within a pair. */
export const fieldMax = 2 ** 24 - 1

export interface Mark {
  readonly from: number
  readonly to: number
  /** From 1, for each ordered pair. */
  readonly number: number
  /** Microseconds of the clock that all threads of the run share. */
  readonly dueUs: number
}

/** `seed` keeps the messages of another run apart. */
export function encodeMark({ from, to, number, dueUs }: Mark, seed: number): string {
  const high = Math.floor(dueUs / 2 ** 24)
  const check = checkOf(from, to, number, seed)
  return field(high) + field(dueUs % 2 ** 24) + field(from) + field(to) + field(number) + field(check)
}

/** Null where the text does not end with a mark of this run. */
export function decodeMark(body: Buffer, seed: number): Mark | null {
  const start = body.length - markBytes
  if (start < 0) return null
  const fields = [0, 4, 8, 12, 16, 20].map((offset) => readField(body, start + offset))
  const [high, low, from, to, number, check] = fields as [number, number, number, number, number, number]
  if (fields.some((value) => value < 0) || check !== checkOf(from, to, number, seed)) return null
  return { from, to, number, dueUs: high * 2 ** 24 + low }
}

function checkOf(from: number, to: number, number: number, seed: number): number {
  return mix(mix(from, to), mix(number, seed)) & fieldMax
}

function field(value: number): string {
  return (
    alphabet[(value >>> 18) & 63]! +
    alphabet[(value >>> 12) & 63]! +
    alphabet[(value >>> 6) & 63]! +
    alphabet[value & 63]!
  )
}

function readField(body: Buffer, start: number): number {
  let value = 0
  for (let at = start; at < start + 4; at++) {
    const digit = values[body[at]! & 127]!
    if (digit < 0 || body[at]! > 127) return -1
    value = value * 64 + digit
  }
  return value
}
