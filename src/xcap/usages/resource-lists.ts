/**
 * Resource lists (RFC 4826 §3): lists of addresses, in lists. The document `index` is the user's contact list, for
 * every client and dialect (`../contacts.ts`).
 */
import { aorBytesMax } from '../../sip/message/limits.ts'
import { parseAor } from '../../sip/uri/aor.ts'
import type { Conflict } from '../conflict.ts'
import type { MarkupElement } from '../markup.ts'
import { anyText, checkSchema, type Schema, type Shape } from './shape.ts'
import { checkUnique, pathOf, type UniqueRule } from './unique.ts'
import type { ApplicationUsage } from './usage.ts'

export const resourceListsNamespace = 'urn:ietf:params:xml:ns:resource-lists'

/** Display name: what people see, in a language that it may name. */
const displayName = { 'rl:display-name': 'optional' } as const

const list: Shape = {
  attributes: { name: 'optional' },
  children: { ...displayName, 'rl:list': 'many', 'rl:external': 'many', 'rl:entry': 'many', 'rl:entry-ref': 'many' },
}

/** Also what a list within a service may hold (RFC 4826 §4.2). */
export const listShapes: Readonly<Record<string, Shape>> = {
  'rl:list': list,
  'rl:external': { attributes: { anchor: 'optional' }, children: displayName },
  'rl:entry': { attributes: { uri: 'required' }, children: displayName },
  'rl:entry-ref': { attributes: { ref: 'required' }, children: displayName },
  'rl:display-name': { text: anyText },
}

export { list as listShape }

const schema: Schema = {
  namespaces: { rl: resourceListsNamespace },
  root: 'rl:resource-lists',
  shapes: { 'rl:resource-lists': { children: { 'rl:list': 'many' } }, ...listShapes },
}

export const resourceLists: ApplicationUsage = {
  auid: 'resource-lists',
  aliases: [],
  contentType: 'application/resource-lists+xml',
  defaultNamespace: resourceListsNamespace,
  namespaces: [resourceListsNamespace],
  rfcs: ['4826'],
  validate: (root) => checkSchema(root, schema) ?? checkLists(root),
}

/** Two spellings of one SIP address are one contact. */
export function sameUri(uri: string): string {
  return parseAor(uri.trim()) ?? uri.trim()
}

const exact = (value: string) => value

const rules: Readonly<Record<string, UniqueRule>> = {
  list: { attribute: 'name', sameAs: exact, offersAlternative: true },
  entry: { attribute: 'uri', sameAs: sameUri, offersAlternative: false },
  'entry-ref': { attribute: 'ref', sameAs: exact, offersAlternative: false },
  external: { attribute: 'anchor', sameAs: exact, offersAlternative: false },
}

/** What a schema cannot say of a list and the lists within it (RFC 4826 §3.4.5). */
export function checkLists(parent: MarkupElement): Conflict | null {
  const known = parent.children.filter(({ ns }) => ns === resourceListsNamespace)
  for (const [local, rule] of Object.entries(rules)) {
    const conflict = checkUnique(
      known.filter((each) => each.local === local),
      rule,
    )
    if (conflict) return conflict
  }
  for (const child of known) {
    const conflict = checkReference(child) ?? (child.local === 'list' ? checkLists(child) : null)
    if (conflict) return conflict
  }
  return null
}

const uriCharsMax = 2_048

/** Addresses are absolute and as long as an AOR may be; references to other lists may be longer. */
function checkReference(element: MarkupElement): Conflict | null {
  for (const { ns, local, value } of element.attributes) {
    if (ns !== '' || !['uri', 'ref', 'anchor'].includes(local)) continue
    const max = local === 'uri' ? aorBytesMax : uriCharsMax
    if (value.length > max) return failed(element, `${local} has more than ${max} characters`)
    const isUri = local === 'ref' ? value.trim() !== '' : /^\s*[a-z][a-z\d+.-]*:\S+\s*$/i.test(value)
    if (!isUri) return failed(element, `${local}="${value.slice(0, 40)}" is no URI`)
  }
  return null
}

function failed(element: MarkupElement, phrase: string): Conflict {
  return { kind: 'constraint-failure', phrase: `${pathOf(element)}: ${phrase}` }
}
