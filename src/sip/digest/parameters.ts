/**
 * `Digest name=value, name="value"…`: the parameters of challenges and credentials (RFC 7616 §3.3, §3.4; 7235 §2.1).
 * What the parameters mean is left to `challenge.ts`.
 */

import { quotedStringEnd, unquote } from '../message/quoted-string.ts'

const TAB = 0x09
const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c

/** Far above the twelve parameters that exist, low enough that a flood of made-up ones stays cheap. */
const parametersMax = 32

/** Lower-case names and their values. Ten at most as a rule: two lists take two thirds of the time of a Map. */
export class DigestParameters {
  readonly #names: string[] = []
  readonly #values: string[] = []

  get size(): number {
    return this.#names.length
  }

  get(name: string): string | undefined {
    const index = this.#names.indexOf(name)
    return index < 0 ? undefined : this.#values[index]
  }

  /** False when the name is there already. */
  add(name: string, value: string): boolean {
    if (this.#names.includes(name)) return false
    this.#names.push(name)
    this.#values.push(value)
    return true
  }
}

/**
 * Lower-case names to values, quotes and escapes removed. Null when the scheme is another one or the list is malformed.
 * A name given twice is malformed too: two readers of one header must not see two different users.
 */
export function parseDigestParameters(text: string): DigestParameters | null {
  let index = skipScheme(text)
  if (index < 0) return null
  const parameters = new DigestParameters()
  const hasEscapes = text.includes('\\')
  for (;;) {
    index = skipSeparators(text, index)
    if (index >= text.length) return parameters.size > 0 ? parameters : null
    const equals = text.indexOf('=', index)
    if (equals <= index || parameters.size === parametersMax) return null
    const name = parameterName(text, index, equals)
    const start = skipBlanks(text, equals + 1)
    const end = text.charCodeAt(start) === QUOTE ? quotedEnd(text, start, hasEscapes) : tokenEnd(text, start)
    if (name === null || end < 0 || !parameters.add(name, parameterValue(text, start, end))) return null
    index = skipBlanks(text, end)
    if (index < text.length && text.charCodeAt(index) !== COMMA) return null
  }
}

/** Index behind `Digest` and its blanks, -1 for another scheme. */
function skipScheme(text: string): number {
  const start = skipBlanks(text, 0)
  const end = start + 6
  if (!isBlank(text.charCodeAt(end)) || text.slice(start, end).toLowerCase() !== 'digest') return -1
  return end
}

/** Lower case; null when something that is no token character stands between start and the equals sign. */
function parameterName(text: string, start: number, equals: number): string | null {
  let end = equals
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code <= SPACE || code === QUOTE || code === COMMA) return null
  }
  return text.slice(start, end).toLowerCase()
}

/** Index behind the closing quote, -1 when there is none. Mostly nothing is escaped, and indexOf beats a loop. */
function quotedEnd(text: string, start: number, hasEscapes: boolean): number {
  return hasEscapes ? quotedStringEnd(text, start) : text.indexOf('"', start + 1) + 1 || -1
}

/**
 * Laxer than a token, on purpose: clients write URIs and base64 without quotes, and a value can end only at a comma or
 * a blank anyway. A quote inside is refused: it would end elsewhere for a stricter reader.
 */
function tokenEnd(text: string, start: number): number {
  let index = start
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === COMMA || code === SPACE || code === TAB) break
    if (code === QUOTE) return -1
  }
  return index > start ? index : -1
}

function parameterValue(text: string, start: number, end: number): string {
  if (text.charCodeAt(start) !== QUOTE) return text.slice(start, end)
  return unquote(text.slice(start, end))
}

function skipSeparators(text: string, start: number): number {
  let index = start
  while (isBlank(text.charCodeAt(index)) || text.charCodeAt(index) === COMMA) index++
  return index
}

function skipBlanks(text: string, start: number): number {
  let index = start
  while (isBlank(text.charCodeAt(index))) index++
  return index
}

/** CR and LF count too: a folded header may come with its line ends. */
function isBlank(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= 0x0d)
}
