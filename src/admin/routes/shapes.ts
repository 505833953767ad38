/**
 * Schemas that several tables of routes use: for what is answered they are the words of the reference, and a test holds
 * real answers to them.
 */
import * as v from 'valibot'

/** A list that nobody may change. */
export function listOf<Item extends v.GenericSchema>(item: Item) {
  return v.pipe(v.array(item), v.readonly())
}

export const texts = listOf(v.string())
export const numbers = listOf(v.number())

/** Milliseconds since 1970 of the system's clock; null: open to that side. */
export const msOrNull = v.nullable(v.number())

export const nullableText = v.optional(v.nullable(v.string()), null)
