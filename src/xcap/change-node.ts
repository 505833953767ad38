/**
 * Puts an element or attribute into the text of a document, or takes it out (RFC 4825 §8.2.3 and §8.2.5). Text in,
 * text out; whether the result is valid is the application usage's to say, whether it may be stored the service's.
 */
import type { Conflict } from './conflict.ts'
import { bytesOf, checkAttributeValue, checkElement, quoteFor, readDocument } from './fragment.ts'
import { isEmptyTag, type MarkupElement } from './markup.ts'
import {
  isNamed,
  type NodeSelector,
  type SelectorStep,
  type SelectorTerminal,
  selectAttribute,
  selectElement,
} from './node-selector.ts'

export type ChangedText =
  | { readonly ok: true; readonly text: string; readonly root: MarkupElement; readonly isNew: boolean }
  | { readonly ok: false; readonly conflict: Conflict }
  | { readonly ok: false; readonly conflict: null }

export interface DocumentText {
  readonly text: string
  readonly root: MarkupElement
}

/** `ancestorOf`: the URI of the element that the first `count` steps lead to. */
export type AncestorUri = (count: number) => string

type AttributeName = SelectorTerminal & { readonly kind: 'attribute' }

/** Replaces what the selector leads to, or makes it. */
export function putNode(
  document: DocumentText,
  selector: NodeSelector,
  body: Uint8Array,
  ancestorOf: AncestorUri,
): ChangedText {
  const { steps, terminal } = selector
  return terminal.kind === 'attribute'
    ? putAttribute(document, steps, terminal, body, ancestorOf)
    : putElement(document, steps, body, ancestorOf)
}

function putElement(
  document: DocumentText,
  steps: readonly SelectorStep[],
  body: Uint8Array,
  ancestorOf: AncestorUri,
): ChangedText {
  const existing = selectElement(document.root, steps)
  const parent = existing ? existing.parent : parentOf(document.root, steps)
  if (!existing && !parent) return noParent(document.root, steps, ancestorOf)
  const fragment = checkElement(body, parent)
  if (!fragment.ok) return fragment
  const text = existing
    ? splice(document.text, existing.start, existing.end, fragment.text)
    : insertElement(document.text, parent!, steps.at(-1)!, fragment.text)
  if (text === null) return cannotInsert('there are not so many elements before the position')
  const read = readDocument(bytesOf(text))
  if (!read.ok) return read
  // A GET with the same URI must find what was put there, and nothing else (RFC 4825 §8.2.3).
  const put = selectElement(read.root, steps)
  const isThere = put !== null && read.text.slice(put.start, put.end) === fragment.text
  if (!isThere) return cannotInsert('the element would not be found under this URI')
  return { ok: true, text: read.text, root: read.root, isNew: existing === null }
}

function parentOf(root: MarkupElement, steps: readonly SelectorStep[]): MarkupElement | null {
  return steps.length > 1 ? selectElement(root, steps.slice(0, -1)) : null
}

/** Null: the position cannot be reached. */
function insertElement(text: string, parent: MarkupElement, step: SelectorStep, fragment: string): string | null {
  const siblings = parent.children.filter((each) => isNamed(each, step.name))
  const { position } = step
  if (position !== null) {
    const next = siblings[position - 1]
    if (next) return splice(text, next.start, next.start, fragment)
    if (position !== siblings.length + 1) return null
  }
  const last = siblings.at(-1)
  if (last) return splice(text, last.end, last.end, fragment)
  return appendChild(text, parent, fragment)
}

/** Before the blanks in front of the end tag; an empty-element tag becomes two tags. */
export function appendChild(text: string, parent: MarkupElement, fragment: string): string {
  if (isEmptyTag(parent)) {
    return splice(text, parent.tagEnd - 2, parent.tagEnd, `>${fragment}</${parent.name}>`)
  }
  const content = text.slice(parent.tagEnd, parent.contentEnd)
  const at = parent.tagEnd + content.trimEnd().length
  return splice(text, at, at, fragment)
}

function putAttribute(
  document: DocumentText,
  steps: readonly SelectorStep[],
  name: AttributeName,
  body: Uint8Array,
  ancestorOf: AncestorUri,
): ChangedText {
  const element = selectElement(document.root, steps)
  if (!element) return noParent(document.root, steps, ancestorOf)
  const checked = checkAttributeValue(body)
  if (!checked.ok) return checked
  const existing = selectAttribute(element, name)
  const written = writtenName(element, name)
  if (written === null) return cannotInsert('no prefix of this place is bound to the namespace of the attribute')
  const quote = quoteFor(checked.text)
  const value = `${existing?.name ?? written}=${quote}${checked.text}${quote}`
  const text = existing
    ? splice(document.text, existing.start, existing.end, value)
    : splice(document.text, attributesEnd(document.text, element), attributesEnd(document.text, element), ` ${value}`)
  const read = readDocument(bytesOf(text))
  if (!read.ok) return read
  const put = selectElement(read.root, steps)
  const attribute = put && selectAttribute(put, name)
  if (!attribute || rawValue(read.text, attribute) !== checked.text) {
    return cannotInsert('the attribute would not be found under this URI')
  }
  return { ok: true, text: read.text, root: read.root, isNew: existing === null }
}

/** The attribute's name in the document: the client's prefix may mean something else there. */
function writtenName(element: MarkupElement, { ns, local, written }: AttributeName): string | null {
  if (ns === '') return local
  const prefix = written.slice(0, written.indexOf(':'))
  if (element.namespaces.get(prefix) === ns) return written
  const other = [...element.namespaces].find(([name, bound]) => name !== '' && bound === ns)
  return other ? `${other[0]}:${local}` : null
}

/** Behind the last attribute, or the name. */
function attributesEnd(text: string, element: MarkupElement): number {
  const inside = text.slice(element.start, element.tagEnd - (isEmptyTag(element) ? 2 : 1))
  return element.start + inside.trimEnd().length
}

/** As it stands between the quotes. */
export function rawValue(text: string, attribute: { readonly valueStart: number; readonly end: number }): string {
  return text.slice(attribute.valueStart, attribute.end - 1)
}

/** `conflict` null: there is no such node. */
export function deleteNode(document: DocumentText, { steps, terminal }: NodeSelector): ChangedText {
  const element = selectElement(document.root, steps)
  if (!element) return { ok: false, conflict: null }
  if (terminal.kind === 'attribute') {
    const attribute = selectAttribute(element, terminal)
    if (!attribute) return { ok: false, conflict: null }
    const before = document.text.slice(0, attribute.start).trimEnd()
    return changed(before + document.text.slice(attribute.end))
  }
  if (!element.parent) return cannotDelete('a document needs its root element; delete the document')
  const result = changed(splice(document.text, element.start, element.end, ''))
  // Deleting must be idempotent: the same URI may not lead to another element now (RFC 4825 §8.2.5).
  if (result.ok && selectElement(result.root, steps)) {
    return cannotDelete('this URI would then name another element; name it by an attribute')
  }
  return result
}

function changed(text: string): ChangedText {
  const read = readDocument(bytesOf(text))
  return read.ok ? { ok: true, text: read.text, root: read.root, isNew: false } : read
}

export function splice(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end)
}

function cannotInsert(phrase: string): ChangedText {
  return { ok: false, conflict: { kind: 'cannot-insert', phrase } }
}

function cannotDelete(phrase: string): ChangedText {
  return { ok: false, conflict: { kind: 'cannot-delete', phrase } }
}

function noParent(root: MarkupElement, steps: readonly SelectorStep[], ancestorOf: AncestorUri): ChangedText {
  let count = steps.length - 1
  while (count > 0 && !selectElement(root, steps.slice(0, count))) count--
  return {
    ok: false,
    conflict: { kind: 'no-parent', phrase: 'the parent does not exist', ancestor: ancestorOf(count) },
  }
}
