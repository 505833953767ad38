/**
 * `quoted-string` (RFC 3261 §25.1): where one ends, what it says, how one is written.
 */

/** The index after the closing quote of the string that opens at `start`, or -1 when it does not close before `end`. */
export function quotedStringEnd(text: string, start: number, end = text.length): number {
  for (let index = start + 1; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x5c) index++
    else if (code === 0x22) return index + 1
  }
  return -1
}

/** What the quoted string at `text[start, end)` says: without its quotes, `\x` as `x`. */
export function unquote(text: string, start = 0, end = text.length): string {
  const inner = text.slice(start + 1, end - 1)
  return inner.includes('\\') ? inner.replace(/\\([\s\S])/g, '$1') : inner
}

/** What a value says as it is written: a token as it is, a quoted string without its quotes. */
export function saidBy(written: string): string {
  return written.startsWith('"') ? unquote(written) : written
}

/** The text as a quoted string. Line breaks cannot be said in one and become spaces. */
export function quote(text: string): string {
  return `"${text.replace(/[\r\n]+/g, ' ').replace(/["\\]/g, '\\$&')}"`
}
