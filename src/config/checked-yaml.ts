/**
 * A YAML file against a valibot schema: every mistake with file, line, column, key, and the nearest key where one is
 * unknown. Never an exception for what a person wrote.
 */
import * as v from 'valibot'
import { type ConfigError, configError } from './config-error.ts'
import { nearestKey } from './nearest-key.ts'
import { inOrder, placeOf } from './place.ts'
import { readYaml } from './read-yaml.ts'
import { type Path, pathText } from './tree.ts'

type Schema = v.GenericSchema<unknown, unknown>

export type CheckedYaml<T> =
  | { readonly ok: true; readonly value: T; readonly refuse: (path: Path, message: string) => ConfigError }
  | { readonly ok: false; readonly errors: readonly ConfigError[] }

/** `shownAs` is how the messages name the file. */
export function checkYaml<S extends Schema>(schema: S, text: string, shownAs: string): CheckedYaml<v.InferOutput<S>> {
  const read = readYaml(text, shownAs, {})
  // A key that is missing at the top has nothing around it: the file begins where its first key does.
  const [start] = read.places.values()
  const refuse = (path: Path, message: string, nearest: string | null = null) =>
    configError(placeOf(read, path, start), pathText(path), message, nearest)
  const parsed = v.safeParse(schema, plain(read.root))
  const errors = [...read.errors]
  // What is not YAML has no keys yet of which something could be said.
  if (errors.length > 0) return { ok: false, errors }
  if (parsed.success) return { ok: true, value: parsed.output, refuse }
  for (const issue of parsed.issues) {
    const path = (issue.path ?? []).map(({ key }) => key as string | number)
    errors.push(refuse(path, ...explain(issue, schema, path)))
  }
  return { ok: false, errors: inOrder(errors) }
}

function explain(issue: v.BaseIssue<unknown>, schema: Schema, path: Path): [message: string, nearest: string | null] {
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const neighbours = keysAt(schema, path.slice(0, -1))
    const nearest = nearestKey(String(path.at(-1)), neighbours, [])
    return [nearest === null ? `unknown key; expected one of ${neighbours.join(', ')}` : 'unknown key', nearest]
  }
  if (issue.input === undefined) return ['missing', null]
  if (issue.kind === 'validation') return [`${issue.message}, found ${shown(issue.input)}`, null]
  return [`expected ${inWords(issue)}, found ${shown(issue.input)}`, null]
}

function inWords({ type, expected }: v.BaseIssue<unknown>): string {
  if (type === 'strict_object' || type === 'object') return 'a group of keys'
  if (type === 'strict_tuple' || type === 'array') return 'a list of the right length'
  if (expected === 'number') return 'a number'
  if (expected === 'string') return 'a text'
  if (expected === 'boolean') return 'true or false'
  return (expected ?? type).replaceAll(/[()]/g, '').replaceAll(' | ', ' or ').replaceAll('"', '')
}

/** What valibot's schema objects have in common, as far as it is read here. */
interface SchemaLike {
  readonly wrapped?: SchemaLike
  readonly entries?: Readonly<Record<string, SchemaLike>>
  readonly options?: readonly SchemaLike[]
  readonly item?: SchemaLike
}

function keysAt(schema: Schema, path: Path): readonly string[] {
  let nodes: readonly SchemaLike[] = unwrapped(schema as unknown as SchemaLike)
  for (const key of path)
    nodes = nodes.flatMap((node) => {
      const next = typeof key === 'number' ? node.item : node.entries?.[key]
      return next ? unwrapped(next) : []
    })
  return [...new Set(nodes.flatMap((node) => Object.keys(node.entries ?? {})))]
}

function unwrapped(schema: SchemaLike): readonly SchemaLike[] {
  if (schema.wrapped) return unwrapped(schema.wrapped)
  return schema.options ? schema.options.flatMap(unwrapped) : [schema]
}

/** With prototypes, which valibot expects of objects; an own `__proto__` stays a key like any other. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}

function shown(input: unknown): string {
  if (Array.isArray(input)) return JSON.stringify(input)
  if (typeof input === 'object' && input !== null) return 'a group of keys'
  return input === null ? 'nothing' : typeof input === 'string' ? `the text ${JSON.stringify(input)}` : String(input)
}
