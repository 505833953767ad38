/**
 * Lists of addresses: as the body of a SUBSCRIBE that brings its list along (RFC 5367, RFC 4826 §3), and as a service
 * by whose name one subscribes to a list (RFC 4826 §4). Changing what a user keeps is XCAP's, which works on the text.
 */
import { attributeOf, elementsOf, textOf, type XmlElement, xmlNamespace } from '../xml/index.ts'
import { resourceListsNamespace, rlsServicesNamespace } from './namespaces.ts'
import { malformed, type Parsed, parseAs, requiredAttribute } from './parsed.ts'
import type { Note } from './presence-document.ts'

export interface ResourceLists {
  readonly lists: readonly ResourceList[]
}

export interface ResourceList {
  readonly name: string | null
  readonly displayNames: readonly Note[]
  readonly entries: readonly ListEntry[]
  readonly lists: readonly ResourceList[]
  /** Entries and lists that stand elsewhere: whoever reads decides whether to follow or to refuse them. */
  readonly references: readonly ListReference[]
}

export interface ListEntry {
  readonly uri: string
  readonly displayNames: readonly Note[]
}

export interface ListReference {
  readonly kind: 'entry-ref' | 'external'
  /** `entry-ref`: a path below the XCAP root; `external`: an HTTP URI. */
  readonly target: string
}

export interface ListService {
  /** What one subscribes to. */
  readonly uri: string
  readonly list:
    | { readonly kind: 'here'; readonly list: ResourceList }
    | { readonly kind: 'at'; readonly target: string }
  /** Event packages; empty: any. */
  readonly packages: readonly string[]
}

/** `application/resource-lists+xml`. */
export function parseResourceLists(bytes: Uint8Array): Parsed<ResourceLists> {
  return parseAs(bytes, resourceListsNamespace, 'resource-lists', (root) => {
    return { lists: elementsOf(root, resourceListsNamespace, 'list').map(readList) }
  })
}

/** `application/rls-services+xml`. */
export function parseListServices(bytes: Uint8Array): Parsed<readonly ListService[]> {
  return parseAs(bytes, rlsServicesNamespace, 'rls-services', (root) => {
    return elementsOf(root, rlsServicesNamespace, 'service').map(readService)
  })
}

/** Addresses of a list and of the lists within it, each once, in the order of the document. */
export function urisOf(lists: readonly ResourceList[]): readonly string[] {
  const walk = (list: ResourceList): readonly string[] => [
    ...list.entries.map(({ uri }) => uri),
    ...list.lists.flatMap(walk),
  ]
  return [...new Set(lists.flatMap(walk))]
}

/** All that stands elsewhere. */
export function referencesOf(lists: readonly ResourceList[]): readonly ListReference[] {
  return lists.flatMap(({ references, lists: inner }) => [...references, ...referencesOf(inner)])
}

function readList(element: XmlElement): ResourceList {
  const of = (local: string) => elementsOf(element, resourceListsNamespace, local)
  return {
    name: attributeOf(element, 'name'),
    displayNames: readDisplayNames(element),
    entries: of('entry').map((entry) => {
      return { uri: requiredAttribute(entry, 'uri'), displayNames: readDisplayNames(entry) }
    }),
    lists: of('list').map(readList),
    references: [
      ...of('entry-ref').map((each) => ({ kind: 'entry-ref' as const, target: requiredAttribute(each, 'ref') })),
      ...of('external').map((each) => ({ kind: 'external' as const, target: requiredAttribute(each, 'anchor') })),
    ],
  }
}

function readDisplayNames(element: XmlElement): readonly Note[] {
  return elementsOf(element, resourceListsNamespace, 'display-name').map((name) => {
    return { language: attributeOf(name, 'lang', xmlNamespace), text: textOf(name) }
  })
}

function readService(element: XmlElement): ListService {
  const uri = requiredAttribute(element, 'uri')
  const [packages] = elementsOf(element, rlsServicesNamespace, 'packages')
  const named = packages ? elementsOf(packages, rlsServicesNamespace, 'package').map(textOf) : []
  const [at] = elementsOf(element, rlsServicesNamespace, 'resource-list')
  if (at) return { uri, list: { kind: 'at', target: textOf(at) }, packages: named }
  // The element is of this namespace, what it holds of the other (RFC 4826 §4.2).
  const [here] = elementsOf(element, rlsServicesNamespace, 'list')
  if (!here) throw malformed(`service ${uri} has no list`)
  return { uri, list: { kind: 'here', list: readList(here) }, packages: named }
}
