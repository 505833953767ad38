/**
 * Reading a document of one format: its root, then what its schema wants, with one word for what is wrong.
 */
import { attributeOf, parseXml, type XmlElement, type XmlFault } from '../xml/index.ts'

/** `other-format`: XML, but its root is of another format; `malformed`: what the schema wants is not there. */
export type DocumentFault = XmlFault | 'other-format' | 'malformed'

export type Parsed<T> =
  | { readonly ok: true; readonly document: T }
  /** `text`: for people; it may quote the document. */
  | { readonly ok: false; readonly fault: DocumentFault; readonly text: string }

/** Thrown by what reads an element, and caught here only. */
class Malformed extends Error {}

export function malformed(text: string): Malformed {
  return new Malformed(text)
}

/** Never throws for anything that `bytes` may hold. */
export function parseAs<T>(
  bytes: Uint8Array,
  ns: string,
  local: string | readonly string[],
  read: (root: XmlElement) => T,
): Parsed<T> {
  const parsed = parseXml(bytes)
  if (!parsed.ok) return parsed
  const { root } = parsed
  if (root.ns !== ns || ![local].flat().includes(root.local)) {
    return { ok: false, fault: 'other-format', text: `the root element is ${root.local}` }
  }
  try {
    return { ok: true, document: read(root) }
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, fault: 'malformed', text: error.message }
    throw error
  }
}

export function requiredAttribute(element: XmlElement, local: string): string {
  const value = attributeOf(element, local)?.trim() ?? ''
  if (value === '') throw malformed(`${element.local} needs the attribute ${local}`)
  return value
}

/** `xs:unsignedInt` and `xs:nonNegativeInteger`, as far as numbers are exact. */
export function numberAttribute(element: XmlElement, local: string): number | null {
  const value = attributeOf(element, local)?.trim() ?? null
  if (value === null) return null
  if (!/^\+?\d{1,15}$/.test(value)) throw malformed(`${element.local} has ${local} that is no number`)
  return Number(value)
}

export function requiredNumber(element: XmlElement, local: string): number {
  return numberAttribute(element, local) ?? Number(requiredAttribute(element, local))
}

export function wordAttribute<W extends string>(element: XmlElement, local: string, words: readonly W[]): W {
  const value = requiredAttribute(element, local)
  const word = words.find((each) => each === value)
  if (word === undefined) throw malformed(`${element.local} has ${local} that is none of ${words.join(', ')}`)
  return word
}

export function booleanAttribute(element: XmlElement, local: string): boolean {
  const word = wordAttribute(element, local, ['true', 'false', '1', '0'])
  return word === 'true' || word === '1'
}

/** What is there, in the order given: for `xmlElement`. */
export function attributesOf(values: Readonly<Record<string, string | number | null>>): Record<string, string> {
  const there: Record<string, string> = {}
  for (const [name, value] of Object.entries(values)) if (value !== null) there[name] = String(value)
  return there
}
