/**
 * Parameters of a header value (RFC 3261 §25.1 `generic-param`): `;name`, `;name=token`, `;name="quoted"`.
 * What a parameter means is decided by the header that carries it: `name-addr.ts`, `via.ts`.
 */
import { quotedStringEnd, unquote } from './quoted-string.ts'

/** Names in lower case; values without quotes; `null` for a name alone. */
export type Params = ReadonlyMap<string, string | null>

export const noParams: Params = new Map()

/** Parses what follows the value from `start` to the end of the text; `null` when it is malformed. */
export function parseParams(text: string, start: number): Params | null {
  let index = skipBlanks(text, start)
  if (index === text.length) return noParams
  const params = new Map<string, string | null>()
  while (index < text.length) {
    if (text.charCodeAt(index) !== 0x3b) return null
    const nameStart = skipBlanks(text, index + 1)
    const nameEnd = wordEnd(text, nameStart)
    if (nameEnd === nameStart) return null
    const name = text.slice(nameStart, nameEnd).toLowerCase()
    index = skipBlanks(text, nameEnd)
    let value: string | null = null
    if (text.charCodeAt(index) === 0x3d) {
      const valueStart = skipBlanks(text, index + 1)
      const valueEnd = paramValueEnd(text, valueStart)
      if (valueEnd < 0) return null
      value =
        text.charCodeAt(valueStart) === 0x22
          ? unquote(text.slice(valueStart, valueEnd))
          : text.slice(valueStart, valueEnd)
      index = skipBlanks(text, valueEnd)
    }
    // The first of two of one name counts, so that nobody behind us is told something else by a second tag.
    if (!params.has(name)) params.set(name, value)
  }
  return params
}

export function skipBlanks(text: string, start: number): number {
  let index = start
  while (isBlank(text.charCodeAt(index))) index++
  return index
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function paramValueEnd(text: string, start: number): number {
  return text.charCodeAt(start) === 0x22 ? quotedStringEnd(text, start) : wordEnd(text, start)
}

/** The end of a run without separators of parameters. Wider than `token`: bare IPv6 addresses and URIs occur as values. */
function wordEnd(text: string, start: number): number {
  let index = start
  while (index < text.length) {
    const code = text.charCodeAt(index)
    if (code === 0x3b || code === 0x3d || code === 0x2c || code === 0x22 || isBlank(code)) {
      // "=" ends a name, but may stand in a value (`token=`, base64 padding).
      if (code !== 0x3d || !isInValue(text, start)) break
    }
    index++
  }
  return index
}

/** Whether the word at `start` follows an equals sign. */
function isInValue(text: string, start: number): boolean {
  let index = start - 1
  while (isBlank(text.charCodeAt(index))) index--
  return text.charCodeAt(index) === 0x3d
}
