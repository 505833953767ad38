/**
 * The schema as a tree of keys, for everything that needs to know which keys exist: errors about unknown ones,
 * environment overrides, origins, the sample and the reference page. Reads valibot's own objects; nobody else does.
 */
import type { KeyFacts } from './key.ts'
import { configSchema } from './schema.ts'

export type KeyNode =
  | { readonly type: 'leaf'; readonly facts: KeyFacts; readonly required: boolean }
  | { readonly type: 'list'; readonly facts: KeyFacts; readonly item: KeyNode; readonly required: boolean }
  | { readonly type: 'group'; readonly why: string; readonly keys: ReadonlyMap<string, KeyNode> }

export type GroupNode = KeyNode & { readonly type: 'group' }

/** What valibot's schema objects have in common, as far as it is read here. */
interface SchemaLike {
  readonly type: string
  readonly wrapped?: SchemaLike
  readonly item?: SchemaLike
  readonly entries?: Readonly<Record<string, SchemaLike>>
  readonly pipe?: readonly { readonly type: string; readonly metadata?: unknown; readonly description?: string }[]
}

export const keyTree: GroupNode = groupOf(configSchema as unknown as SchemaLike)

function nodeOf(schema: SchemaLike): KeyNode {
  if (schema.type === 'optional') return relaxed(nodeOf(schema.wrapped!))
  if (schema.entries) return groupOf(schema)
  const facts = factsOf(schema)
  if (schema.type !== 'array' || !schema.item?.entries) return { type: 'leaf', facts, required: true }
  return { type: 'list', facts, item: nodeOf(schema.item), required: true }
}

function groupOf(schema: SchemaLike): GroupNode {
  const keys = new Map(Object.entries(schema.entries!).map(([key, entry]) => [key, nodeOf(entry)]))
  const why = schema.pipe?.find((step) => step.type === 'description')?.description ?? ''
  return { type: 'group', why, keys }
}

function relaxed(node: KeyNode): KeyNode {
  return node.type === 'group' ? node : { ...node, required: false }
}

function factsOf(schema: SchemaLike): KeyFacts {
  const step = schema.pipe?.find((candidate) => candidate.type === 'metadata')
  return (step!.metadata as { key: KeyFacts }).key
}

export type Path = readonly (string | number)[]

/** `listen.endpoints[0].host`, as people write it. */
export function pathText(path: Path): string {
  let text = ''
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`
  return text
}

export function nodeAt(path: Path): KeyNode | null {
  let node: KeyNode = keyTree
  for (const part of path) {
    const next: KeyNode | undefined =
      typeof part === 'number' ? (node.type === 'list' ? node.item : undefined) : childOf(node, part)
    if (!next) return null
    node = next
  }
  return node
}

function childOf(node: KeyNode, key: string): KeyNode | undefined {
  return node.type === 'group' ? node.keys.get(key) : undefined
}

export interface KeyDescription extends KeyFacts {
  /** `registrar.devicesMax`; a key of a list's entries is `listen.endpoints[].port`. */
  readonly path: string
  /** Must be given in every entry of its list. */
  readonly required: boolean
}

/** Every key, in the order of the sections. */
export function describeKeys(): readonly KeyDescription[] {
  return [...walk(keyTree, '')]
}

function* walk(node: KeyNode, path: string): Generator<KeyDescription> {
  if (node.type === 'group') {
    for (const [key, child] of node.keys) yield* walk(child, path === '' ? key : `${path}.${key}`)
    return
  }
  yield { ...node.facts, path, required: node.required }
  if (node.type === 'list') yield* walk(node.item, `${path}[]`)
}
