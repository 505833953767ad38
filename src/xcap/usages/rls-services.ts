/**
 * RLS services (RFC 4826 §4): addresses that stand for a list, to be subscribed to as one (RFC 4662). An address is the
 * user's own with `+` and a name behind it, so that no two users can make the same one and nobody has to be asked.
 */
import { type Aor, aorDomain, aorUser, parseAor } from '../../sip/uri/aor.ts'
import type { Conflict } from '../conflict.ts'
import { attribute, childrenNamed, encodeText, type MarkupElement } from '../markup.ts'
import { checkLists, listShape, listShapes, resourceListsNamespace, sameUri } from './resource-lists.ts'
import { anyText, checkSchema, type Schema } from './shape.ts'
import { checkUnique, pathOf } from './unique.ts'
import type { ApplicationUsage } from './usage.ts'

export const rlsServicesNamespace = 'urn:ietf:params:xml:ns:rls-services'

const schema: Schema = {
  namespaces: { rls: rlsServicesNamespace, rl: resourceListsNamespace },
  root: 'rls:rls-services',
  shapes: {
    'rls:rls-services': { children: { 'rls:service': 'many' } },
    'rls:service': {
      attributes: { uri: 'required' },
      children: { 'rls:list': 'optional', 'rls:resource-list': 'optional', 'rls:packages': 'optional' },
    },
    'rls:list': listShape,
    'rls:resource-list': { text: /^\s*https?:\/\/\S+\s*$/i },
    'rls:packages': { children: { 'rls:package': 'many' } },
    'rls:package': { text: anyText },
    ...listShapes,
  },
}

export const rlsServices: ApplicationUsage = {
  auid: 'rls-services',
  aliases: [],
  contentType: 'application/rls-services+xml',
  defaultNamespace: rlsServicesNamespace,
  namespaces: [rlsServicesNamespace],
  rfcs: ['4826'],
  validate: (root, owner) => checkSchema(root, schema) ?? checkServices(root, owner),
}

function checkServices(root: MarkupElement, owner: Aor): Conflict | null {
  const services = childrenNamed(root, rlsServicesNamespace, 'service')
  const rule = { attribute: 'uri', sameAs: sameUri, offersAlternative: false }
  return checkUnique(services, rule) ?? firstOf(services, (service) => checkService(service, owner))
}

function checkService(service: MarkupElement, owner: Aor): Conflict | null {
  const lists = childrenNamed(service, rlsServicesNamespace, 'list')
  const references = childrenNamed(service, rlsServicesNamespace, 'resource-list')
  if (lists.length + references.length !== 1) {
    return { kind: 'schema-validation-error', phrase: 'a service has one list or one resource-list' }
  }
  const uri = attribute(service, 'uri') ?? ''
  return isOwnService(uri, owner) ? firstOf(lists, checkLists) : notYours(service, uri, owner)
}

/** `sip:alice+friends@example.test` is a service of alice: what is before the last plus is its owner. */
function isOwnService(uri: string, owner: Aor): boolean {
  const aor = parseAor(uri.trim())
  if (aor === null || aorDomain(aor) !== aorDomain(owner)) return false
  const user = aorUser(aor)
  const plus = user.lastIndexOf('+')
  return plus >= 0 && plus < user.length - 1 && user.slice(0, plus) === aorUser(owner)
}

function notYours(service: MarkupElement, uri: string, owner: Aor): Conflict {
  const aor = parseAor(uri.trim())
  const name = (aor ? aorUser(aor) : '').replaceAll(/[^a-z\d._-]/g, '') || 'friends'
  const alternatives = [`sip:${aorUser(owner)}+${name}@${aorDomain(owner)}`]
  const phrase = `${uri} is not ${owner} with + and a name behind the user`
  return { kind: 'uniqueness-failure', phrase, taken: [{ field: `${pathOf(service)}/@uri`, alternatives }] }
}

function firstOf<T>(things: readonly T[], check: (thing: T) => Conflict | null): Conflict | null {
  for (const thing of things) {
    const conflict = check(thing)
    if (conflict) return conflict
  }
  return null
}

/**
 * The document `index` of the global tree (RFC 4826 §4.4.7): all services that the asker may subscribe to, which are
 * his own. Those of others would tell him their contacts.
 */
export function servicesIndex(documents: readonly { readonly text: string; readonly root: MarkupElement }[]): string {
  const services = documents.flatMap(({ text, root }) =>
    childrenNamed(root, rlsServicesNamespace, 'service').map((service) => selfContained(text, service)),
  )
  const content = services.map((service) => `  ${service}\n`).join('')
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>'
  return `${declaration}\n<rls-services xmlns="${rlsServicesNamespace}">\n${content}</rls-services>\n`
}

/** With the prefixes that its own document bound further out. */
function selfContained(text: string, element: MarkupElement): string {
  const source = text.slice(element.start, element.end)
  const tag = text.slice(element.start, element.tagEnd)
  const missing = [...element.namespaces].filter(([prefix]) => {
    const name = prefix === '' ? 'xmlns' : `xmlns:${prefix}`
    return prefix !== 'xml' && !new RegExp(`\\s${name}\\s*=`).test(tag)
  })
  const declarations = missing.map(([prefix, ns]) => ` xmlns${prefix && `:${prefix}`}="${encodeText(ns)}"`)
  const at = 1 + element.name.length
  return source.slice(0, at) + declarations.join('') + source.slice(at)
}
