/**
 * Bodies of PUT requests, checked before they go anywhere: a document, one element with the prefixes of the place where
 * it is to stand, the value of an attribute (RFC 4825 §8.2.3).
 */
import { isUtf8 } from 'node:buffer'
import { parseXml, type XmlFault } from '../xml/index.ts'
import type { Conflict } from './conflict.ts'
import { encodeText, type MarkupElement, readMarkup } from './markup.ts'

export type CheckedText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly conflict: Conflict }

export type ReadDocument =
  | { readonly ok: true; readonly text: string; readonly root: MarkupElement }
  | { readonly ok: false; readonly conflict: Conflict }

const decoder = new TextDecoder('utf-8', { ignoreBOM: false })
const encoder = new TextEncoder()

/** A byte order mark is left away: it is none of the document's characters. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text)
}

export function readDocument(bytes: Uint8Array): ReadDocument {
  if (!isUtf8(bytes)) return notUtf8
  const parsed = parseXml(bytes)
  if (!parsed.ok) return { ok: false, conflict: { kind: kindOf(parsed.fault), phrase: parsed.text } }
  const text = textOf(bytes)
  return { ok: true, text, root: readMarkup(text) }
}

/** Limits and document type declarations are nothing that the client's parser would find. */
function kindOf(fault: XmlFault): 'not-utf-8' | 'not-well-formed' | 'constraint-failure' {
  if (fault === 'not-utf8') return 'not-utf-8'
  return fault === 'not-well-formed' ? 'not-well-formed' : 'constraint-failure'
}

/** One element and nothing beside it but blanks, which are left away. Prefixes may be those of `parent`. */
export function checkElement(bytes: Uint8Array, parent: MarkupElement | null): CheckedText {
  if (!isUtf8(bytes)) return notUtf8
  const text = textOf(bytes).trim()
  const wrapped = `${wrapperTag(parent)}${text}</wrapper>`
  const read = readDocument(bytesOf(wrapped))
  if (!read.ok) {
    const { phrase, kind } = read.conflict
    return { ok: false, conflict: { kind: kind === 'not-well-formed' ? 'not-xml-frag' : 'constraint-failure', phrase } }
  }
  const [element, ...others] = read.root.children
  const isWhole = element && element.start === read.root.tagEnd && element.end === read.root.contentEnd
  if (isWhole && others.length === 0) return { ok: true, text }
  return { ok: false, conflict: { kind: 'not-xml-frag', phrase: 'the body is not one element' } }
}

/** Opens an element in which the same prefixes mean the same as inside `parent`. */
function wrapperTag(parent: MarkupElement | null): string {
  const bindings = [...(parent?.namespaces ?? [])].filter(([prefix]) => prefix !== 'xml')
  const declarations = bindings.map(([prefix, ns]) => {
    return ` xmlns${prefix === '' ? '' : `:${prefix}`}="${encodeText(ns)}"`
  })
  return `<wrapper${declarations.join('')}>`
}

/** The text between the quotes, which come later. */
export function checkAttributeValue(bytes: Uint8Array): CheckedText {
  if (!isUtf8(bytes)) return notUtf8
  const text = textOf(bytes)
  const quote = quoteFor(text)
  const asWritten = quote === '"' ? text.replaceAll('"', '&quot;') : text
  if (!text.includes('<') && parseXml(bytesOf(`<a b=${quote}${asWritten}${quote}/>`)).ok) {
    return { ok: true, text: asWritten }
  }
  return { ok: false, conflict: { kind: 'not-xml-att-value', phrase: 'the body is no value of an attribute' } }
}

/** The quotes that leave the value as it is; where both stand in it, double ones become references. */
export function quoteFor(value: string): '"' | "'" {
  return value.includes('"') && !value.includes("'") ? "'" : '"'
}

const notUtf8 = { ok: false, conflict: { kind: 'not-utf-8', phrase: 'the body is not UTF-8' } } as const
