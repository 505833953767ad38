/**
 * What has changed in a user's documents (RFC 5874): for each document its entity tags before and after, for elements
 * and attributes whether they are there. Whoever wants to know more fetches it.
 */
import { Buffer } from 'node:buffer'
import { attributeOf, elementsOf, isElement, writeXml, type XmlElement, xmlElement } from '../xml/index.ts'
import { xcapDiffNamespace } from './namespaces.ts'
import { attributesOf, booleanAttribute, type Parsed, parseAs, requiredAttribute } from './parsed.ts'

export interface XcapDiff {
  readonly xcapRoot: string
  readonly documents: readonly ChangedDocument[]
  readonly nodes: readonly ChangedNode[]
}

export interface ChangedDocument {
  /** Path below the XCAP root: `resource-lists/users/sip:bob@example.test/index`. */
  readonly path: string
  /** Null: it is gone. */
  readonly newEtag: string | null
  /** Null: it is new. */
  readonly previousEtag: string | null
}

export interface ChangedNode {
  readonly kind: 'element' | 'attribute'
  /** Document path, `/~~/` and node selector. */
  readonly path: string
  readonly exists: boolean
  /** Of an element, where it was sent along. */
  readonly element: XmlElement | null
}

export const xcapDiffContentType = 'application/xcap-diff+xml'

export function writeXcapDiff({ xcapRoot, documents, nodes }: XcapDiff): Uint8Array {
  const children = [
    ...documents.map(({ path, newEtag, previousEtag }) => {
      const attributes = attributesOf({ 'new-etag': newEtag, sel: path, 'previous-etag': previousEtag })
      return xmlElement(xcapDiffNamespace, 'document', attributes)
    }),
    ...nodes.map(({ kind, path, exists, element }) => {
      const content = element === null ? [] : [element]
      return xmlElement(xcapDiffNamespace, kind, { sel: path, exists: String(exists) }, content)
    }),
  ]
  return Buffer.from(writeXml(xmlElement(xcapDiffNamespace, 'xcap-diff', { 'xcap-root': xcapRoot }, children)))
}

/** Patches inside of a document element are left out: its entity tags say that it has to be fetched. */
export function parseXcapDiff(bytes: Uint8Array): Parsed<XcapDiff> {
  return parseAs(bytes, xcapDiffNamespace, 'xcap-diff', (root) => ({
    xcapRoot: requiredAttribute(root, 'xcap-root'),
    documents: elementsOf(root, xcapDiffNamespace, 'document').map((document) => ({
      path: requiredAttribute(document, 'sel'),
      newEtag: attributeOf(document, 'new-etag'),
      previousEtag: attributeOf(document, 'previous-etag'),
    })),
    nodes: [...readNodes(root, 'element'), ...readNodes(root, 'attribute')],
  }))
}

function readNodes(root: XmlElement, kind: ChangedNode['kind']): readonly ChangedNode[] {
  return elementsOf(root, xcapDiffNamespace, kind).map((node) => ({
    kind,
    path: requiredAttribute(node, 'sel'),
    exists: attributeOf(node, 'exists') === null || booleanAttribute(node, 'exists'),
    element: kind === 'element' ? (node.children.find(isElement) ?? null) : null,
  }))
}
