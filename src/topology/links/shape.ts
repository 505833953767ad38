/**
 * What a value looks like, as one object that writes it and reads it back: numbers, texts, lists, records, choices.
 * Reading is checking: whatever bytes come, there is a value of that type, or `BadBatch`. What values mean is not
 * looked at.
 */
import { type Aor, parseAor } from '../../sip/uri/aor.ts'
import { BadBatch, type ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { textBytesMax } from './limits.ts'

/** Properties, not methods, so that a shape that lacks a case of its type does not compile. */
export interface Shape<T> {
  readonly write: (to: ByteWriter, value: T) => void
  /** Throws `BadBatch`. */
  readonly read: (from: ByteReader) => T
}

export type Fields<T> = { readonly [Name in keyof T]-?: Shape<T[Name]> }

/** Any finite number; times have fractions. */
export const number: Shape<number> = {
  write: (to, value) => to.number(value),
  read: (from) => from.number(),
}

export const count: Shape<number> = {
  write: (to, value) => to.number(value),
  read: (from) => from.count(Number.MAX_SAFE_INTEGER),
}

export const flag: Shape<boolean> = {
  write: (to, value) => to.byte(value ? 1 : 0),
  read: (from) => readFlag(from),
}

export function textUpTo(bytesMax: number): Shape<string> {
  return { write: (to, value) => to.text(value), read: (from) => from.text(bytesMax) }
}

export const text: Shape<string> = textUpTo(textBytesMax)

/** For types that are texts with a name of their own. */
export function textAs<T extends string>(): Shape<T> {
  return text as unknown as Shape<T>
}

export function bytesUpTo(bytesMax: number): Shape<Uint8Array> {
  return { write: (to, value) => to.bytes(value), read: (from) => from.bytes(bytesMax) }
}

/** In its canonical spelling: another one would be another user to whoever compares. */
export const aor: Shape<Aor> = {
  write: (to, value) => to.text(value),
  read: (from) => {
    const value = from.text(textBytesMax)
    if (parseAor(value) !== value) throw new BadBatch('an AOR is not in its canonical spelling')
    return value as Aor
  },
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return {
    write: (to, value) => {
      to.byte(value === null ? 0 : 1)
      if (value !== null) shape.write(to, value)
    },
    read: (from) => (readFlag(from) ? shape.read(from) : null),
  }
}

/** One of a few words, by its place: new ones are added at the end. */
export function choice<const T extends string>(...words: readonly T[]): Shape<T> {
  return {
    write: (to, value) => to.byte(words.indexOf(value)),
    read: (from) => {
      const word = words[from.byte()]
      if (word === undefined) throw new BadBatch(`none of ${words.join(', ')}`)
      return word
    },
  }
}

/** Says always the same, and so takes no bytes. */
export function constant<const T>(value: T): Shape<T> {
  return { write: () => {}, read: () => value }
}

export function list<T>(shape: Shape<T>, itemsMax: number): Shape<readonly T[]> {
  return {
    write: (to, items) => {
      to.number(items.length)
      for (const item of items) shape.write(to, item)
    },
    read: (from) => {
      // Each item has a byte at least, so that a count alone makes nobody allocate.
      const length = from.count(Math.min(itemsMax, from.remaining))
      const items: T[] = []
      for (let index = 0; index < length; index++) items.push(shape.read(from))
      return items
    },
  }
}

export function pair<A, B>(first: Shape<A>, second: Shape<B>): Shape<readonly [A, B]> {
  return {
    write: (to, [a, b]) => {
      first.write(to, a)
      second.write(to, b)
    },
    read: (from) => [first.read(from), second.read(from)] as const,
  }
}

/** Its fields in the order in which they stand here; names do not travel. */
export function record<T extends object>(fields: Fields<T>): Shape<T> {
  const names = Object.keys(fields) as (keyof T)[]
  const shapes = names.map((name) => fields[name] as Shape<unknown>)
  return {
    write: (to, value) => {
      for (let index = 0; index < names.length; index++) shapes[index]!.write(to, value[names[index]!])
    },
    read: (from) => {
      const value: Partial<Record<keyof T, unknown>> = {}
      for (let index = 0; index < names.length; index++) value[names[index]!] = shapes[index]!.read(from)
      return value as T
    },
  }
}

type Tag<T, Field extends keyof T> = `${T[Field] & (string | boolean)}`
type Tagged<Name extends string> = Name extends 'true' ? true : Name extends 'false' ? false : Name
type Rows<T, Field extends keyof T> = {
  readonly [Name in Tag<T, Field>]: Fields<Omit<Extract<T, Readonly<Record<Field, Tagged<Name>>>>, Field>>
}

/**
 * Records that are told apart by one field: the others of each, by its value there. On the wire it is known by its
 * place, so that new ones are added at the end.
 */
export function oneOf<T extends object, const Field extends keyof T>(field: Field, rows: Rows<T, Field>): Shape<T> {
  const names = Object.keys(rows)
  const shapes = Object.values<Fields<object>>(rows as never).map((fields) => record<object>(fields))
  const values = names.map((name) => (name === 'true' ? true : name === 'false' ? false : name))
  return {
    write: (to, value) => {
      const index = values.indexOf(value[field] as string | boolean)
      to.byte(index)
      shapes[index]!.write(to, value)
    },
    read: (from) => {
      const index = from.byte()
      const shape = shapes[index]
      if (shape === undefined) throw new BadBatch(`there is no ${String(field)} ${index}`)
      return { [field]: values[index], ...shape.read(from) } as T
    },
  }
}

function readFlag(from: ByteReader): boolean {
  const value = from.byte()
  if (value > 1) throw new BadBatch(`${value} is neither yes nor no`)
  return value === 1
}
