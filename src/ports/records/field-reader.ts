/**
 * Reads a record's fields in order, each with the type that it must have. A wrong one is noted, not thrown: the kind
 * hands `fault` on as the reason why the record is unreadable. Which fields there are is each kind's own file.
 */

import { Buffer } from 'node:buffer'
import { ownBytes } from '../../sip/message/own-bytes.ts'

/** Most lists are empty, and a record in memory should not pay for one of its own. */
const noTexts: readonly string[] = Object.freeze([])

export class FieldReader {
  readonly #fields: readonly unknown[]
  #index = 0
  #fault: string | null = null

  constructor(fields: readonly unknown[]) {
    this.#fields = fields
  }

  /** Why the record is unreadable; null when all fields were as asked and none was left over. */
  get fault(): string | null {
    if (this.#fault === null && this.#index !== this.#fields.length) {
      return `${this.#fields.length} fields, ${this.#index} expected`
    }
    return this.#fault
  }

  text(): string {
    const value = this.#next()
    return typeof value === 'string' ? value : this.#wrong('a text', '')
  }

  textOrNull(): string | null {
    const value = this.#next()
    return value === null || typeof value === 'string' ? value : this.#wrong('a text or null', null)
  }

  /** A safe integer from 0 up: counts, sequence numbers, milliseconds since 1970. */
  count(): number {
    const value = this.#next()
    return isCount(value) ? value : this.#wrong('a count', 0)
  }

  countOrNull(): number | null {
    const value = this.#next()
    return value === null || isCount(value) ? value : this.#wrong('a count or null', null)
  }

  /** Any finite number. */
  number(): number {
    const value = this.#next()
    return typeof value === 'number' && Number.isFinite(value) ? value : this.#wrong('a number', 0)
  }

  flag(): boolean {
    const value = this.#next()
    return typeof value === 'boolean' ? value : this.#wrong('true or false', false)
  }

  bytes(): Buffer {
    const value = this.#next()
    return value instanceof Uint8Array ? ownBytes(value) : this.#wrong('bytes', Buffer.alloc(0))
  }

  texts(): readonly string[] {
    const value = this.#next()
    if (!isTexts(value)) return this.#wrong('a list of texts', noTexts)
    return value.length === 0 ? noTexts : value
  }

  /** Name and value of each header, in order. */
  headers(): readonly (readonly [string, string])[] {
    const value = this.#next()
    return isHeaders(value) ? value : this.#wrong('a list of headers', [])
  }

  /** A list of rows of texts, each read by `read`, which gives null for one that it cannot read. */
  rows<T>(expected: string, read: (row: readonly string[]) => T | null): readonly T[] {
    const value = this.#next()
    const isRows = Array.isArray(value) && value.every(isTexts)
    const rows: (T | null)[] = isRows ? value.map(read) : [null]
    return rows.includes(null) ? this.#wrong(expected, []) : (rows as T[])
  }

  choice<C extends string>(choices: readonly C[]): C {
    const value = this.#next()
    const choice = choices.find((each) => each === value)
    return choice ?? this.#wrong(`one of ${choices.join(', ')}`, choices[0]!)
  }

  choiceOrNull<C extends string>(choices: readonly C[]): C | null {
    const value = this.#next()
    const choice = choices.find((each) => each === value) ?? null
    return choice !== null || value === null ? choice : this.#wrong(`null or one of ${choices.join(', ')}`, null)
  }

  #next(): unknown {
    const value = this.#fields[this.#index]
    this.#index++
    return value
  }

  #wrong<T>(expected: string, instead: T): T {
    this.#fault ??= `field ${this.#index} is not ${expected}`
    return instead
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isHeaders(value: unknown): value is [string, string][] {
  return Array.isArray(value) && value.every((item) => isTexts(item) && item.length === 2)
}
