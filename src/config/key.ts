/**
 * One configuration key: its type, unit, bounds, default, when a change takes effect and why one would change it.
 * Sections are built from these; the reference page, the JSON Schema and the commented sample are made from the same
 * facts.
 */
import * as v from 'valibot'

/** `live`: at the next reload. `reconnect`: for flows opened after it. `restart`: when the server starts again. */
export type Reload = 'live' | 'reconnect' | 'restart'

export type KeyKind = 'whole number' | 'text' | 'switch' | 'choice' | 'list' | 'group'

export interface KeyFacts {
  readonly kind: KeyKind
  readonly reload: Reload
  /** One sentence: why one would change it. */
  readonly why: string
  readonly unit: string | null
  readonly min: number | null
  readonly max: number | null
  readonly choices: readonly string[] | null
  readonly defaultValue: unknown
  /** Never printed; a sibling key with `File` at its end names a file that holds the value instead. */
  readonly secret: boolean
  /** Names a file or folder; a relative one is taken from the folder of the configuration file. */
  readonly isPath: boolean
}

interface KeyBase {
  readonly reload: Reload
  readonly why: string
}

const noFacts = { unit: null, min: null, max: null, choices: null, secret: false, isPath: false } as const

function about<T>(facts: KeyFacts) {
  return v.metadata<T, { readonly key: KeyFacts }>({ key: facts })
}

/** A whole number with its unit and both bounds. */
export function wholeNumberKey(key: KeyBase & { unit: string; min: number; max: number; default: number }) {
  const { min, max, unit, reload, why } = key
  const facts: KeyFacts = { ...noFacts, kind: 'whole number', unit, min, max, reload, why, defaultValue: key.default }
  const schema = v.pipe(
    v.number(),
    v.integer('expected a whole number'),
    v.minValue(min, `expected at least ${min}`),
    v.maxValue(max, `expected at most ${max}`),
    v.description(why),
    about<number>(facts),
  )
  return v.optional(schema, key.default)
}

export function switchKey(key: KeyBase & { default: boolean }) {
  const facts: KeyFacts = { ...noFacts, kind: 'switch', reload: key.reload, why: key.why, defaultValue: key.default }
  return v.optional(v.pipe(v.boolean(), v.description(key.why), about<boolean>(facts)), key.default)
}

export function choiceKey<const C extends readonly [string, ...string[]]>(
  key: KeyBase & { choices: C; default: C[number] },
) {
  const { choices, reload, why } = key
  const facts: KeyFacts = { ...noFacts, kind: 'choice', choices, reload, why, defaultValue: key.default }
  const schema = v.pipe(v.picklist(choices), v.description(why), about<C[number]>(facts))
  return v.optional(schema, key.default as never)
}

/** What a text must look like; the message completes "expected …". */
export interface TextRule {
  readonly accepts: (text: string) => boolean
  readonly expected: string
}

const anyText: TextRule = { accepts: (text) => text.length > 0, expected: 'expected a text that is not empty' }

export function textKey(key: KeyBase & { default: string; rule?: TextRule; isPath?: boolean }) {
  const { reload, why } = key
  const rule = key.rule ?? anyText
  const facts: KeyFacts = { ...noFacts, kind: 'text', reload, why, defaultValue: key.default, isPath: !!key.isPath }
  const schema = v.pipe(v.string(), v.check(rule.accepts, rule.expected), v.description(why), about<string>(facts))
  return v.optional(schema, key.default)
}

/** A text that need not be there: null, which is also its default, means what `why` says. */
export function optionalTextKey(key: KeyBase & { rule?: TextRule; secret?: boolean; isPath?: boolean }) {
  const { reload, why } = key
  const rule = key.rule ?? anyText
  const secret = !!key.secret
  const facts: KeyFacts = { ...noFacts, kind: 'text', reload, why, defaultValue: null, secret, isPath: !!key.isPath }
  const text = v.pipe(v.string(), v.check(rule.accepts, rule.expected))
  return v.optional(v.pipe(v.nullable(text), v.description(why), about<string | null>(facts)), null)
}

export function textListKey(
  key: KeyBase & { default: readonly string[]; rule?: TextRule; lengthMax: number; isPath?: boolean },
) {
  const { reload, why } = key
  const rule = key.rule ?? anyText
  const facts: KeyFacts = {
    ...noFacts,
    kind: 'list',
    max: key.lengthMax,
    reload,
    why,
    defaultValue: key.default,
    isPath: !!key.isPath,
  }
  const schema = v.pipe(
    v.array(v.pipe(v.string(), v.check(rule.accepts, rule.expected))),
    v.maxLength(key.lengthMax, `expected at most ${key.lengthMax} entries`),
    v.description(why),
    about<string[]>(facts),
  )
  return v.optional(schema, [...key.default])
}

/** A list of groups; each entry's own keys stand in `entries`. */
export function groupListKey<E extends v.ObjectEntries>(
  key: KeyBase & {
    entries: E
    default: readonly v.InferInput<v.StrictObjectSchema<E, undefined>>[]
    lengthMax: number
  },
) {
  const { reload, why } = key
  const facts: KeyFacts = { ...noFacts, kind: 'list', max: key.lengthMax, reload, why, defaultValue: key.default }
  const schema = v.pipe(
    v.array(v.strictObject(key.entries)),
    v.maxLength(key.lengthMax, `expected at most ${key.lengthMax} entries`),
    v.description(why),
    about<v.InferOutput<v.StrictObjectSchema<E, undefined>>[]>(facts),
  )
  return v.optional(schema, [...key.default] as never)
}

/** A section, or a group of keys in one. Left out means all defaults. */
export function group<E extends v.ObjectEntries>(why: string, entries: E) {
  return v.optional(v.pipe(v.strictObject(entries), v.description(why)), {} as never)
}

/** The same key without its default: an entry that leaves it out is an error. */
export function required<S extends v.GenericSchema>(key: { readonly wrapped: S }): S {
  return key.wrapped
}
