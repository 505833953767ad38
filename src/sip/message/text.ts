/**
 * Pieces of a message as strings: decoding (SIP is UTF-8, RFC 3261 §7), unfolding (§7.3.1), character classes (§25.1).
 * Everything is made only when asked for; the bytes stay what is forwarded.
 */

/** Methods of every Buffer that its published types leave out; `toString` checks arguments for 20 ns a call more. */
interface RawBuffer {
  utf8Slice(start: number, end: number): string
}

export function textAt(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as RawBuffer).utf8Slice(start, end)
}

/** A folded value on one line: each line break with the blanks around it is one space (RFC 3261 §7.3.1). */
export function unfold(text: string): string {
  return text.replace(/[ \t]*\r\n[ \t]+/g, ' ')
}

/** Bytes of `token` (RFC 3261 §25.1): methods, header names, parameter names. */
export const isTokenByte = new Uint8Array(256)
for (let code = 0x30; code <= 0x39; code++) isTokenByte[code] = 1
for (let code = 0x41; code <= 0x5a; code++) isTokenByte[code] = isTokenByte[code + 0x20] = 1
for (const mark of "-.!%*_+`'~") isTokenByte[mark.charCodeAt(0)] = 1

/** A non-negative decimal number of at most `digitsMax` digits as an integer, or -1. Leading zeros are fine (RFC 4475 §3.1.1.1). */
export function parseDigits(text: string, digitsMax = 15): number {
  let value = 0
  let significant = 0
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
    if (value > 0 && ++significant > digitsMax) return -1
  }
  return text.length === 0 ? -1 : value
}
