/**
 * Pieces of a message as strings (RFC 3261 §7.3.1, §25.1). Two kinds of string are kept apart: *text*, which people
 * read (SIP is UTF-8, §7), and *head text*, one character a byte, in which offsets are those of the bytes and which
 * goes back to the same bytes whatever they are. A slice of head text costs a tenth of a slice of bytes.
 */

/** Methods of every Buffer that its published types leave out; `toString` and `write` check arguments each time. */
interface RawBuffer {
  utf8Slice(start: number, end: number): string
  latin1Slice(start: number, end: number): string
  latin1Write(text: string, offset: number, length: number): number
}

export function textAt(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as RawBuffer).utf8Slice(start, end)
}

export function headTextAt(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as RawBuffer).latin1Slice(start, end)
}

/** A message from its head, as head text, and its body. */
export function joinMessage(head: string, body: Uint8Array, bodyStart: number, bodyEnd: number): Buffer {
  return joinInto(Buffer.allocUnsafe(head.length + bodyEnd - bodyStart), head, body, bodyStart, bodyEnd)
}

/** The same in memory of its own (`own-bytes.ts`). */
export function joinOwnMessage(head: string, body: Uint8Array): Buffer {
  return joinInto(Buffer.allocUnsafeSlow(head.length + body.length), head, body, 0, body.length)
}

function joinInto(message: Buffer, head: string, body: Uint8Array, bodyStart: number, bodyEnd: number): Buffer {
  ;(message as unknown as RawBuffer).latin1Write(head, 0, head.length)
  if (bodyEnd === bodyStart) return message
  const isWhole = bodyStart === 0 && bodyEnd === body.length
  message.set(isWhole ? body : body.subarray(bodyStart, bodyEnd), head.length)
  return message
}

/** Text as head text. Asserts that it is one line: a line break would be a header that nobody meant to write. */
export function headTextOf(text: string): string {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x0d || code === 0x0a) throw new RangeError('a header value must not hold a line break')
    if (code > 127) return headTextOfUtf8(text, index)
  }
  return text
}

function headTextOfUtf8(text: string, ascii: number): string {
  const rest = Buffer.from(text.slice(ascii), 'utf8').toString('latin1')
  if (/[\r\n]/.test(rest)) throw new RangeError('a header value must not hold a line break')
  return text.slice(0, ascii) + rest
}

/** A folded value on one line: each line break with the blanks around it is one space (RFC 3261 §7.3.1). */
export function unfold(text: string): string {
  return text.replace(/[ \t]*\r\n[ \t]+/g, ' ')
}

/** `token` (RFC 3261 §25.1), by byte or character code: methods, header names, parameter names. */
export const isTokenByte = byteClass("-.!%*_+`'~")

/** A table with 1 for letters, digits and `marks`. */
export function byteClass(marks: string): Uint8Array {
  const table = new Uint8Array(256)
  for (let code = 0x30; code <= 0x39; code++) table[code] = 1
  for (let code = 0x41; code <= 0x5a; code++) table[code] = table[code + 0x20] = 1
  for (const mark of marks) table[mark.charCodeAt(0)] = 1
  return table
}

/**
 * A decimal number of at most `digitsMax` significant digits, or -1. Leading zeros are fine (RFC 4475 §3.1.1.1),
 * signs and blanks are not.
 */
export function parseDigits(text: string, digitsMax = 15): number {
  return digitsAt(text, 0, text.length, digitsMax)
}

export function digitsAt(text: string, start: number, end: number, digitsMax = 15): number {
  let value = 0
  let significant = 0
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
    if (value > 0 && ++significant > digitsMax) return -1
  }
  return end > start ? value : -1
}
