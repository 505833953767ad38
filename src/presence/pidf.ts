/**
 * Is this a presence document (RFC 3863 §4), and whose? What else it says, in whatever namespace, is its author's and
 * passes on as it came.
 */
import { attributeOf, childrenOf, elementsOf, parseXml, textOf, type XmlElement } from '../xml/index.ts'

const pidfNamespace = 'urn:ietf:params:xml:ns:pidf'

export type PidfFault =
  | 'not-utf8'
  | 'not-well-formed'
  | 'dtd'
  | 'too-large'
  | 'too-deep'
  | 'too-many-nodes'
  | 'no-presence'
  | 'no-entity'
  | 'bad-tuple'
  | 'duplicate-id'

export type ReadPidf =
  | { readonly ok: true; readonly entity: string; readonly basic: 'open' | 'closed' | null }
  | { readonly ok: false; readonly fault: PidfFault }

export function readPidf(bytes: Uint8Array): ReadPidf {
  const parsed = parseXml(bytes)
  if (!parsed.ok) return parsed
  const { root } = parsed
  if (root.ns !== pidfNamespace || root.local !== 'presence') return { ok: false, fault: 'no-presence' }
  const entity = attributeOf(root, 'entity')
  if (entity === null || entity === '') return { ok: false, fault: 'no-entity' }
  const tuples = elementsOf(root, pidfNamespace, 'tuple')
  const statuses = tuples.map(basicOf)
  if (statuses.includes('malformed')) return { ok: false, fault: 'bad-tuple' }
  const ids = childrenOf(root).flatMap((child) => attributeOf(child, 'id') ?? [])
  if (new Set(ids).size < ids.length) return { ok: false, fault: 'duplicate-id' }
  const basic = statuses.includes('open') ? 'open' : statuses.includes('closed') ? 'closed' : null
  return { ok: true, entity, basic }
}

/** §4.1.2: a tuple has an id and a status; §4.1.4: `basic` is one of two words. */
function basicOf(tuple: XmlElement): 'open' | 'closed' | 'none' | 'malformed' {
  const status = elementsOf(tuple, pidfNamespace, 'status')
  if (!attributeOf(tuple, 'id') || status.length !== 1) return 'malformed'
  const basic = elementsOf(status[0]!, pidfNamespace, 'basic')
  if (basic.length === 0) return 'none'
  const word = textOf(basic[0]!)
  return basic.length === 1 && (word === 'open' || word === 'closed') ? word : 'malformed'
}
