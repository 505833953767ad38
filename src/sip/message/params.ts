/**
 * Parameters of a header value (RFC 3261 §25.1 `generic-param`): `;name`, `;name=token`, `;name="quoted"`.
 * What a parameter means is decided by the header that carries it: `name-addr.ts`, `via.ts`.
 */
import { quotedStringEnd, unquote } from './quoted-string.ts'

/** Names in lower case; values without quotes; `null` for a name alone. */
export type Params = ReadonlyMap<string, string | null>

export const noParams: Params = new Map()

const semicolon = 0x3b
const equals = 0x3d
const quoteMark = 0x22

/**
 * What ends a name, and a value. Wider than `token`: bare IPv6 addresses and URIs occur as values, `token=` has padding
 * of base64. Angle brackets end both, for where they belong to something else the value is malformed.
 */
const endsName = endClass(' \t;=,"<>')
const endsValue = endClass(' \t;,"<>')

function endClass(characters: string): Uint8Array {
  const table = new Uint8Array(128)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}

/**
 * Parses the parameters at `text[start, end)`, which follow a value; `null` when they are malformed. `keepsQuotes`:
 * values stay as they are written, for what is to be sent back (`saidBy` gives the usual value).
 */
export function parseParams(text: string, start = 0, end = text.length, keepsQuotes = false): Params | null {
  let at = skipBlanks(text, start, end)
  if (at === end) return noParams
  const params = new Map<string, string | null>()
  while (at < end) {
    if (text.charCodeAt(at) !== semicolon) return null
    const nameStart = skipBlanks(text, at + 1, end)
    const nameEnd = wordEnd(text, nameStart, end, endsName)
    if (nameEnd === nameStart) return null
    const name = nameAt(text, nameStart, nameEnd)
    at = skipBlanks(text, nameEnd, end)
    let value: string | null = null
    if (at < end && text.charCodeAt(at) === equals) {
      const valueStart = skipBlanks(text, at + 1, end)
      const isQuoted = valueStart < end && text.charCodeAt(valueStart) === quoteMark
      const valueEnd = isQuoted ? quotedStringEnd(text, valueStart, end) : wordEnd(text, valueStart, end, endsValue)
      if (valueEnd < 0) return null
      value = isQuoted && !keepsQuotes ? unquote(text, valueStart, valueEnd) : text.slice(valueStart, valueEnd)
      at = skipBlanks(text, valueEnd, end)
    }
    // The first of two of one name counts, so that nobody behind us is told something else by a second tag.
    if (params.size === 0 || !params.has(name)) params.set(name, value)
  }
  return params
}

export function skipBlanks(text: string, start: number, end: number): number {
  let at = start
  while (at < end && isBlank(text.charCodeAt(at))) at++
  return at
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function wordEnd(text: string, start: number, end: number, ends: Uint8Array): number {
  let at = start
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code < 128 && ends[code] === 1) break
    at++
  }
  return at
}

/**
 * The names of nearly all parameters, by their length: found without making a string, which would have to be hashed.
 */
const usualNames = ['', 'q', 'lr', 'tag', '', 'rport', 'branch', 'expires', 'received']

function nameAt(text: string, start: number, end: number): string {
  const usual = end - start < usualNames.length ? usualNames[end - start]! : ''
  return usual !== '' && text.startsWith(usual, start) ? usual : text.slice(start, end).toLowerCase()
}
