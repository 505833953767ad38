/**
 * State of a list of resources (RFC 4662 §5): the list as RLMI, and each resource's state as a part beside it.
 * `writeList` makes the body of one NOTIFY, `parseList` reads it.
 */
import { Buffer } from 'node:buffer'
import {
  attributeOf,
  elementsOf,
  escapeAttribute,
  escapeText,
  textOf,
  type XmlElement,
  xmlDeclaration,
  xmlNamespace,
} from '../xml/index.ts'
import { type BodyPart, type MultipartFault, parseMultipart, type TypedBody, writeRelated } from './multipart.ts'
import { rlmiNamespace } from './namespaces.ts'
import {
  booleanAttribute,
  type DocumentFault,
  parseAs,
  requiredAttribute,
  requiredNumber,
  wordAttribute,
} from './parsed.ts'
import type { Note } from './presence-document.ts'

export interface ResourceListState {
  readonly uri: string
  /** Of this subscription; 0 in the first NOTIFY, then one more each time (§5.2). */
  readonly version: number
  /** False: only what has changed; what is not named stays as it was (§5.3). */
  readonly isFull: boolean
  readonly names: readonly Note[]
  readonly resources: readonly ListedResource[]
}

export interface ListedResource {
  readonly uri: string
  readonly names: readonly Note[]
  /** None: its state is not known (yet). */
  readonly instances: readonly ResourceInstance[]
}

export const instanceStates = ['active', 'pending', 'terminated'] as const

export interface ResourceInstance {
  /** Unique within the resource, the same as long as the subscription behind it. */
  readonly id: string
  readonly state: (typeof instanceStates)[number]
  /** Of a subscription that has ended (RFC 6665 §4.1.3). */
  readonly reason: string | null
  /** Null: there is none, or it has not changed. */
  readonly body: TypedBody | null
}

export const rlmiContentType = 'application/rlmi+xml'

/**
 * `token`: letters and digits, other ones for each NOTIFY and hard to guess; `domain`: ours. As text and not as a tree:
 * in a morning this is written for each change of each contact.
 */
export function writeList(list: ResourceListState, { token, domain }: { token: string; domain: string }): TypedBody {
  const parts: BodyPart[] = []
  const { uri, version, isFull, names, resources } = list
  const attributes = `uri="${escapeAttribute(uri)}" version="${version}" fullState="${isFull}"`
  let text = `${xmlDeclaration}<list xmlns="${rlmiNamespace}" ${attributes}`
  text += names.length + resources.length === 0 ? '/>' : `>${namesText(names)}`
  for (const resource of resources) {
    let inside = namesText(resource.names)
    for (const instance of resource.instances) {
      const contentId = instance.body === null ? null : `${token}.${parts.length + 1}@${domain}`
      if (instance.body) parts.push({ ...instance.body, contentId })
      inside += instanceText(instance, contentId)
    }
    text += `<resource uri="${escapeAttribute(resource.uri)}"`
    text += inside === '' ? '/>' : `>${inside}</resource>`
  }
  if (names.length + resources.length > 0) text += '</list>'
  const root = { contentType: `${rlmiContentType};charset="UTF-8"`, contentId: `${token}@${domain}` }
  return writeRelated({ ...root, bytes: Buffer.from(text) }, parts, token)
}

function instanceText({ id, state, reason }: ResourceInstance, cid: string | null): string {
  let text = `<instance id="${escapeAttribute(id)}" state="${state}"`
  if (state === 'terminated' && reason !== null) text += ` reason="${escapeAttribute(reason)}"`
  if (cid !== null) text += ` cid="${escapeAttribute(cid)}"`
  return `${text}/>`
}

function namesText(names: readonly Note[]): string {
  let text = ''
  for (const name of names) {
    const language = name.language === null ? '' : ` xml:lang="${escapeAttribute(name.language)}"`
    text += `<name${language}>${escapeText(name.text)}</name>`
  }
  return text
}

export type ParsedList =
  | { readonly ok: true; readonly list: ResourceListState }
  /** `no-body`: a part is named that is not there. */
  | { readonly ok: false; readonly fault: MultipartFault | DocumentFault | 'no-body' }

/** `contentType`: of the message. A list within the list is the body of an instance, of the same form. Never throws. */
export function parseList(contentType: string, bytes: Uint8Array): ParsedList {
  const multipart = parseMultipart(contentType, bytes)
  if (!multipart.ok) return multipart
  const parts = new Map(multipart.parts.map((part) => [part.contentId, part]))
  const named: string[] = []
  const bodyOf = (cid: string | null): TypedBody | null => {
    if (cid === null) return null
    named.push(cid)
    const part = parts.get(cid)
    return part ? { contentType: part.contentType, bytes: part.bytes } : null
  }
  const parsed = parseAs(multipart.root.bytes, rlmiNamespace, 'list', (root) => readList(root, bodyOf))
  if (!parsed.ok) return { ok: false, fault: parsed.fault }
  if (named.some((cid) => !parts.has(cid))) return { ok: false, fault: 'no-body' }
  return { ok: true, list: parsed.document }
}

type BodyOf = (cid: string | null) => TypedBody | null

function readList(root: XmlElement, bodyOf: BodyOf): ResourceListState {
  return {
    uri: requiredAttribute(root, 'uri'),
    version: requiredNumber(root, 'version'),
    isFull: booleanAttribute(root, 'fullState'),
    names: readNames(root),
    resources: elementsOf(root, rlmiNamespace, 'resource').map((resource) => ({
      uri: requiredAttribute(resource, 'uri'),
      names: readNames(resource),
      instances: elementsOf(resource, rlmiNamespace, 'instance').map((instance) => ({
        id: requiredAttribute(instance, 'id'),
        state: wordAttribute(instance, 'state', instanceStates),
        reason: attributeOf(instance, 'reason'),
        body: bodyOf(attributeOf(instance, 'cid')?.trim() ?? null),
      })),
    })),
  }
}

function readNames(element: XmlElement): readonly Note[] {
  return elementsOf(element, rlmiNamespace, 'name').map((name) => {
    return { language: attributeOf(name, 'lang', xmlNamespace), text: textOf(name) }
  })
}
