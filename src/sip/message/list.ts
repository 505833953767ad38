/**
 * Comma lists (RFC 3261 §7.3.1): one header line with several values. Commas in quoted strings and in `<…>` separate
 * nothing. Which headers are lists is the caller's to know: a Date has a comma and is none.
 */
import { quotedStringEnd } from './quoted-string.ts'

/** The values, trimmed; empty ones (`a,,b`) left out. */
export function splitList(text: string): string[] {
  const values: string[] = []
  if (!text.includes(',')) {
    const value = text.trim()
    if (value !== '') values.push(value)
    return values
  }
  let start = 0
  while (start <= text.length) {
    const end = listValueEnd(text, start)
    const value = text.slice(start, end).trim()
    if (value !== '') values.push(value)
    start = end + 1
  }
  return values
}

/** The first value of a list, trimmed. */
export function firstListValue(text: string): string {
  return (text.includes(',') ? text.slice(0, listValueEnd(text, 0)) : text).trim()
}

/** The index of the comma that ends the value at `start`, or `end` when none does. */
export function listValueEnd(text: string, start: number, end = text.length): number {
  let index = start
  while (index < end) {
    const code = text.charCodeAt(index)
    if (code === 0x2c) return index
    if (code === 0x22 || code === 0x3c) {
      const after = code === 0x22 ? quotedStringEnd(text, index, end) : text.indexOf('>', index) + 1
      // What never closes separates nothing any more.
      if (after <= 0 || after > end) return end
      index = after
    } else index++
  }
  return index
}
