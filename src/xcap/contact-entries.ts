/**
 * How a contact stands in a resource-lists document: entries in lists, their display names, and our flags.
 */
import { attribute, childrenNamed, type MarkupElement } from './markup.ts'
import { resourceListsNamespace } from './usages/resource-lists.ts'

export const contactFlagsNamespace = 'urn:meridian:params:xml:ns:contact-flags'

export interface PlacedEntry {
  readonly element: MarkupElement
  readonly group: string
}

export function entriesOf(parent: MarkupElement, path: readonly string[] = []): readonly PlacedEntry[] {
  return parent.children.flatMap((child) => {
    if (child.ns !== resourceListsNamespace) return []
    if (child.local === 'list') return entriesOf(child, [...path, attribute(child, 'name') ?? ''])
    return child.local === 'entry' && path.length > 0 ? [{ element: child, group: path.join('/') }] : []
  })
}

export function displayNameOf(element: MarkupElement): string {
  return childrenNamed(element, resourceListsNamespace, 'display-name')[0]?.text.trim() ?? ''
}

export function flagsAttribute(element: MarkupElement) {
  return element.attributes.find(({ ns, local }) => ns === contactFlagsNamespace && local === 'flags') ?? null
}

/** Words between blanks. */
export function flagsOf(element: MarkupElement): readonly string[] {
  return flagsAttribute(element)?.value.match(/\S+/g) ?? []
}
