/**
 * Schemas as tables: which elements and attributes of the namespaces that we know may stand where. Order is left free:
 * a client that puts one element at a time cannot choose it. What is of another namespace is kept and not looked at.
 */
import type { Conflict } from '../conflict.ts'
import type { MarkupElement } from '../markup.ts'

export interface Shape {
  /** Attributes without prefix. */
  readonly attributes?: Readonly<Record<string, 'required' | 'optional'>>
  /** By key, see `Schema`. */
  readonly children?: Readonly<Record<string, 'one' | 'optional' | 'many'>>
  /** Text directly inside; without it only blanks may stand there. */
  readonly text?: RegExp
}

export interface Schema {
  /** Short name → namespace; keys of elements are `short:local`. */
  readonly namespaces: Readonly<Record<string, string>>
  readonly root: string
  readonly shapes: Readonly<Record<string, Shape>>
}

export const anyText = /^/
export const booleanText = /^\s*(?:true|false|1|0)\s*$/

const xmlAttributes = 'http://www.w3.org/XML/1998/namespace'

/** The first thing that is not as the schema has it; null: nothing. */
export function checkSchema(root: MarkupElement, schema: Schema): Conflict | null {
  const key = keyOf(root, schema)
  if (key !== schema.root) return invalid(`the root element is ${root.name} and should be ${schema.root}`)
  return checkElement(root, key, schema)
}

function keyOf(element: MarkupElement, { namespaces }: Schema): string | null {
  const short = Object.keys(namespaces).find((name) => namespaces[name] === element.ns)
  return short === undefined ? null : `${short}:${element.local}`
}

function checkElement(element: MarkupElement, key: string, schema: Schema): Conflict | null {
  const shape = schema.shapes[key] ?? {}
  const fault = attributesFault(element, shape) ?? textFault(element, shape)
  if (fault !== null) return invalid(fault)
  const counts = new Map<string, number>()
  for (const child of element.children) {
    const childKey = keyOf(child, schema)
    if (childKey === null) continue
    const wanted = shape.children?.[childKey]
    if (wanted === undefined) return invalid(`${child.name} may not stand in ${element.name}`)
    const count = (counts.get(childKey) ?? 0) + 1
    counts.set(childKey, count)
    if (count > 1 && wanted !== 'many') return invalid(`${element.name} may hold one ${child.name}`)
    const conflict = checkElement(child, childKey, schema)
    if (conflict) return conflict
  }
  const missing = Object.entries(shape.children ?? {}).find(([name, how]) => how === 'one' && !counts.has(name))
  return missing ? invalid(`${element.name} needs ${missing[0]}`) : null
}

function attributesFault(element: MarkupElement, { attributes = {} }: Shape): string | null {
  const own = element.attributes.filter(({ ns }) => ns === '')
  const unknown = own.find(({ local }) => !Object.hasOwn(attributes, local))
  if (unknown) return `${element.name} has no attribute ${unknown.local}`
  const missing = Object.keys(attributes).find(
    (name) => attributes[name] === 'required' && !own.some(({ local }) => local === name),
  )
  if (missing) return `${element.name} needs the attribute ${missing}`
  const strange = element.attributes.find(({ ns, name }) => ns === xmlAttributes && name !== 'xml:lang')
  return strange ? `${element.name} has no attribute ${strange.name}` : null
}

function textFault(element: MarkupElement, { text }: Shape): string | null {
  if (text === undefined) return element.text.trim() === '' ? null : `${element.name} may hold no text`
  return text.test(element.text) ? null : `${element.name} may not say "${element.text.trim().slice(0, 40)}"`
}

function invalid(phrase: string): Conflict {
  return { kind: 'schema-validation-error', phrase }
}
