/**
 * State of a list of resources (RFC 4662 §5): the list as RLMI, and each resource's state as a part beside it.
 * `writeList` makes the body of one NOTIFY, `parseList` reads it.
 */
import { Buffer } from 'node:buffer'
import { attributeOf, elementsOf, textOf, writeXml, type XmlElement, xmlElement, xmlNamespace } from '../xml/index.ts'
import { type BodyPart, type MultipartFault, parseMultipart, type TypedBody, writeRelated } from './multipart.ts'
import { rlmiNamespace } from './namespaces.ts'
import {
  attributesOf,
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

/** `token`: letters and digits, other ones for each NOTIFY and hard to guess; `domain`: ours. */
export function writeList(list: ResourceListState, { token, domain }: { token: string; domain: string }): TypedBody {
  const parts: BodyPart[] = []
  const resources = list.resources.map(({ uri, names, instances }) => {
    const children = instances.map((instance) => {
      const contentId = instance.body === null ? null : `${token}.${parts.length + 1}@${domain}`
      if (instance.body) parts.push({ ...instance.body, contentId })
      return xmlElement(rlmiNamespace, 'instance', instanceAttributes(instance, contentId))
    })
    return xmlElement(rlmiNamespace, 'resource', { uri }, [...names.map(nameElement), ...children])
  })
  const { uri, version, isFull, names } = list
  const attributes = attributesOf({ uri, version, fullState: String(isFull) })
  const root = xmlElement(rlmiNamespace, 'list', attributes, [...names.map(nameElement), ...resources])
  const bytes = Buffer.from(writeXml(root))
  const contentId = `${token}@${domain}`
  return writeRelated({ contentType: `${rlmiContentType};charset="UTF-8"`, contentId, bytes }, parts, token)
}

function instanceAttributes({ id, state, reason }: ResourceInstance, cid: string | null): Record<string, string> {
  return attributesOf({ id, state, reason: state === 'terminated' ? reason : null, cid })
}

function nameElement({ language, text }: Note): XmlElement {
  const element = xmlElement(rlmiNamespace, 'name', {}, [text])
  if (language === null) return element
  return { ...element, attributes: [{ ns: xmlNamespace, local: 'lang', prefix: 'xml', value: language }] }
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
