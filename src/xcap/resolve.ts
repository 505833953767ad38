/**
 * What an XCAP request means for a document (RFC 4825 §8): the answer, or the change that is to be made. Pure: who asks
 * is known, nothing is stored.
 */
import type { HeaderLines } from '../ports/bus.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { type ChangedText, deleteNode, putNode, rawValue } from './change-node.ts'
import { type Conditions, checkConditions } from './conditions.ts'
import { type Conflict, conflictContentType, encodeConflict } from './conflict.ts'
import { bytesOf, readDocument } from './fragment.ts'
import { documentBytesMax } from './limits.ts'
import { encodeText, type MarkupElement } from './markup.ts'
import { type NodeSelector, parseNodeSelector, selectAttribute, selectElement } from './node-selector.ts'
import type { XcapTarget } from './request-target.ts'
import type { ApplicationUsage } from './usages/usage.ts'

export interface HttpAnswer {
  readonly status: number
  readonly headers: HeaderLines
  readonly body: string | Uint8Array
}

export interface XcapRequest extends Conditions {
  readonly method: string
  readonly target: XcapTarget
  /** As it came, for the URI of an ancestor. */
  readonly query: string
  readonly contentType: string | null
  readonly body: Uint8Array
  readonly owner: Aor
}

/** A document as it is stored. */
export interface CurrentDocument {
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly etag: string
  readonly text: string
  readonly root: MarkupElement
}

export type Resolution =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer }
  /** `bytes` null: the document goes. The answer has this status and the new entity tag. */
  | { readonly kind: 'change'; readonly bytes: Uint8Array | null; readonly status: 200 | 201 }

export const contentTypes = {
  element: 'application/xcap-el+xml',
  attribute: 'application/xcap-att+xml',
  namespaces: 'application/xcap-ns+xml',
} as const

export function resolve(request: XcapRequest, document: CurrentDocument | null, usage: ApplicationUsage): Resolution {
  const { method, target } = request
  if (!['GET', 'PUT', 'DELETE'].includes(method)) return notAllowed('GET, PUT, DELETE')
  if (request.body.length > documentBytesMax) return tooLarge()
  if (target.node === null) return resolveDocument(request, document, usage)
  const namespaces = { unprefixed: usage.defaultNamespace, prefixes: target.prefixes }
  const parsed = parseNodeSelector(target.node, namespaces)
  if (!parsed.ok) return refuse(400, parsed.message)
  if (parsed.selector.terminal.kind === 'namespaces' && method !== 'GET') return notAllowed('GET')
  if (!document) return method === 'PUT' ? noDocument(request) : refuse(404, 'there is no such document')
  return resolveNode(request, document, parsed.selector, usage)
}

function resolveDocument(request: XcapRequest, document: CurrentDocument | null, usage: ApplicationUsage): Resolution {
  const refusal = conditionRefusal(request, document?.etag ?? null, document !== null)
  if (request.method === 'PUT') {
    if (request.target.document.length !== 1) return noDirectory(request)
    if (!isOfType(request.contentType, usage.contentType)) return unsupported(usage.contentType)
    if (refusal) return refusal
    const read = readDocument(request.body)
    if (!read.ok) return conflict(read.conflict)
    return checked(read.root, request.body, document ? 200 : 201, request, usage)
  }
  if (!document) return refuse(404, 'there is no such document')
  if (refusal) return refusal
  if (request.method === 'DELETE') return { kind: 'change', bytes: null, status: 200 }
  return found(document.contentType, document.bytes, document.etag)
}

function resolveNode(
  request: XcapRequest,
  document: CurrentDocument,
  selector: NodeSelector,
  usage: ApplicationUsage,
): Resolution {
  const node = readNode(document, selector)
  const refusal = conditionRefusal(request, document.etag, node !== null)
  if (request.method === 'PUT') {
    const wanted = selector.terminal.kind === 'attribute' ? contentTypes.attribute : contentTypes.element
    if (!isOfType(request.contentType, wanted)) return unsupported(wanted)
    if (refusal) return refusal
    const ancestorOf = (count: number) => ancestorUri(request, selector, count)
    return changed(putNode(document, selector, request.body, ancestorOf), request, usage)
  }
  if (!node) return refuse(404, 'the document has no such node')
  if (refusal) return refusal
  if (request.method === 'DELETE') return changed(deleteNode(document, selector), request, usage)
  return found(contentTypes[selector.terminal.kind], node, document.etag)
}

/** The body of a GET; null where there is no such node. */
function readNode({ text, root }: CurrentDocument, { steps, terminal }: NodeSelector): string | null {
  const element = selectElement(root, steps)
  if (!element) return null
  switch (terminal.kind) {
    case 'element':
      return text.slice(element.start, element.end)
    case 'attribute': {
      const attribute = selectAttribute(element, terminal)
      return attribute && rawValue(text, attribute)
    }
    case 'namespaces':
      return namespacesOf(element)
  }
}

/** RFC 4825 §7.10: the element without its content, and every binding that holds there. */
function namespacesOf({ name, namespaces }: MarkupElement): string {
  const bindings = [...namespaces].filter(([prefix]) => prefix !== 'xml')
  const declarations = bindings.map(([prefix, ns]) => ` xmlns${prefix && `:${prefix}`}="${encodeText(ns)}"`)
  return `<${name}${declarations.join('')}/>`
}

function changed(result: ChangedText, request: XcapRequest, usage: ApplicationUsage): Resolution {
  if (!result.ok) return result.conflict ? conflict(result.conflict) : refuse(404, 'the document has no such node')
  return checked(result.root, bytesOf(result.text), result.isNew ? 201 : 200, request, usage)
}

function checked(
  root: MarkupElement,
  bytes: Uint8Array,
  status: 200 | 201,
  { owner }: XcapRequest,
  usage: ApplicationUsage,
): Resolution {
  if (bytes.length > documentBytesMax) return tooLarge()
  const invalid = usage.validate(root, owner)
  return invalid ? conflict(invalid) : { kind: 'change', bytes, status }
}

function conditionRefusal(request: XcapRequest, etag: string | null, exists: boolean): Resolution | null {
  switch (checkConditions(request, { etag, exists }, { isRead: request.method === 'GET' })) {
    case 'go-on':
      return null
    case 'malformed':
      return refuse(400, 'If-Match and If-None-Match hold * or quoted entity tags')
    case 'not-modified':
      return { kind: 'answer', answer: { status: 304, headers: etagLine(etag!), body: '' } }
    case 'failed':
      return refuse(412, 'the document is not as the condition has it')
  }
}

function isOfType(given: string | null, wanted: string): boolean {
  return given?.split(';')[0]?.trim().toLowerCase() === wanted
}

function found(contentType: string, body: string | Uint8Array, etag: string): Resolution {
  return { kind: 'answer', answer: { status: 200, headers: [['Content-Type', contentType], ...etagLine(etag)], body } }
}

export function etagLine(etag: string): HeaderLines {
  return [['ETag', `"${etag}"`]]
}

export function refusal(status: number, message: string, headers: HeaderLines = []): HttpAnswer {
  return { status, headers: [['Content-Type', 'text/plain; charset=utf-8'], ...headers], body: `${message}\n` }
}

function refuse(status: number, message: string, headers: HeaderLines = []): Resolution {
  return { kind: 'answer', answer: refusal(status, message, headers) }
}

function tooLarge(): Resolution {
  return refuse(413, `a document has at most ${documentBytesMax} bytes`)
}

function notAllowed(allow: string): Resolution {
  return refuse(405, `this resource has ${allow}`, [['Allow', allow]])
}

/** RFC 9110 §15.5.16 names Accept for what would have been taken. */
function unsupported(contentType: string): Resolution {
  return refuse(415, `the body must be ${contentType}`, [['Accept', contentType]])
}

export function conflict(of: Conflict): Resolution {
  const headers: HeaderLines = [['Content-Type', conflictContentType]]
  return { kind: 'answer', answer: { status: 409, headers, body: encodeConflict(of) } }
}

/** There is nothing but documents in a home directory. */
function noDirectory({ target }: XcapRequest): Resolution {
  const ancestor = target.documentPath.split('/').slice(0, -target.document.length).join('/')
  return conflict({ kind: 'no-parent', phrase: 'there is no such directory, and none can be made', ancestor })
}

function noDocument({ target }: XcapRequest): Resolution {
  const ancestor = target.documentPath.split('/').slice(0, -target.document.length).join('/')
  return conflict({ kind: 'no-parent', phrase: 'there is no such document', ancestor })
}

function ancestorUri({ target, query }: XcapRequest, { steps }: NodeSelector, count: number): string {
  if (count === 0) return target.documentPath
  const selector = steps.slice(0, count).map(({ source }) => encodeURI(source).replace(/[?#]/g, encodeURIComponent))
  return `${target.documentPath}/~~/${selector.join('/')}${query && `?${query}`}`
}
