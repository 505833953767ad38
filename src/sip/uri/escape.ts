/**
 * Percent escapes of SIP URIs (RFC 3261 §19.1.2, §25.1 `escaped`). Which characters a part of a URI may hold is decided
 * here, once, for `sip-uri.ts` and `aor.ts`; what two URIs being equal means is decided in `sip-uri.ts`.
 */

const unreservedMark = "-_.!~*'()"
const userExtra = '&=+$,;?/'
const passwordExtra = '&=+$,'
/** `[` and `]` are param-unreserved: `maddr=[2001:db8::1]`. */
const paramExtra = '[]/:&+$'
const headerExtra = '[]/?:+$'

export const mayStandInUser = classOf(userExtra)
export const mayStandInPassword = classOf(passwordExtra)
export const mayStandInParam = classOf(paramExtra)
export const mayStandInHeaders = classOf(`${headerExtra}&=`)
const unreserved = classOf('')

/** A set of ASCII characters: alphanumerics, the marks of `unreserved`, and `extra`. Escapes are checked apart. */
function classOf(extra: string): Uint8Array {
  const table = new Uint8Array(128)
  for (let code = 0x30; code <= 0x39; code++) table[code] = 1
  for (let code = 0x41; code <= 0x5a; code++) table[code] = table[code + 0x20] = 1
  for (const character of unreservedMark + extra) table[character.charCodeAt(0)] = 1
  return table
}

/** Whether every character of `text[start, end)` is in `allowed` or part of a well-formed escape. */
export function isEscapedText(text: string, allowed: Uint8Array, start = 0, end = text.length): boolean {
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x25) {
      if (index + 2 >= end || hexPair(text, index + 1) < 0) return false
      index += 2
    } else if (code > 127 || allowed[code] === 0) return false
  }
  return true
}

/**
 * One spelling for all texts that RFC 3261 §19.1.4 calls the same: escapes of unreserved characters are decoded, all
 * others written with upper-case digits. Reserved characters keep the form they came in: `%2B` and `+` differ.
 * `null` for a malformed escape.
 */
export function normaliseEscapes(text: string): string | null {
  if (!text.includes('%')) return text
  let out = ''
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) !== 0x25) {
      out += text[index]
      continue
    }
    const code = hexPair(text, index + 1)
    if (code < 0) return null
    out += code < 128 && unreserved[code] === 1 ? String.fromCharCode(code) : text.slice(index, index + 3).toUpperCase()
    index += 2
  }
  return out
}

/** Lower-cases ASCII letters outside escapes, whose digits stay upper-case. */
export function lowerCaseOutsideEscapes(text: string): string {
  if (!text.includes('%')) return text.toLowerCase()
  return text.replace(/%[0-9A-F]{2}|[A-Z]+/g, (found) => (found[0] === '%' ? found : found.toLowerCase()))
}

/** The value of the two hexadecimal digits at `index`, or -1. */
function hexPair(text: string, index: number): number {
  const high = hexDigit(text.charCodeAt(index))
  const low = hexDigit(text.charCodeAt(index + 1))
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
