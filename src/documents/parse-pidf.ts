/**
 * From the bytes of a presence document to what it says (RFC 3863 §4, RFC 4479 §4), with a word for what is wrong.
 */
import {
  attributeOf,
  childrenOf,
  parseXml,
  textOf,
  type XmlAttribute,
  type XmlElement,
  type XmlFault,
  xmlNamespace,
  xmlnsNamespace,
} from '../xml/index.ts'
import { parseDateTime } from './date-time.ts'
import { dataModelNamespace, pidfNamespace } from './namespaces.ts'
import type { Basic, Contact, Device, Note, Person, PresenceDocument, Tuple } from './presence-document.ts'

export type PidfFault =
  | XmlFault
  /** The root element is none of PIDF. */
  | 'no-presence'
  | 'no-entity'
  /** A tuple without id, or without exactly one status; a person or device without id. */
  | 'bad-tuple'
  /** Neither open nor closed. */
  | 'bad-basic'
  | 'bad-timestamp'
  | 'duplicate-id'

export type ParsedPidf =
  | { readonly ok: true; readonly document: PresenceDocument }
  | { readonly ok: false; readonly fault: PidfFault }

/** Whether the entity is the one expected is the caller's check. Never throws. */
export function parsePidf(bytes: Uint8Array): ParsedPidf {
  const parsed = parseXml(bytes)
  return parsed.ok ? readPidf(parsed.root) : { ok: false, fault: parsed.fault }
}

/** The same from a tree. */
export function readPidf(root: XmlElement): ParsedPidf {
  if (root.ns !== pidfNamespace || root.local !== 'presence') return { ok: false, fault: 'no-presence' }
  const entity = attributeOf(root, 'entity')?.trim() ?? ''
  if (entity === '') return { ok: false, fault: 'no-entity' }
  try {
    const document = readParts(entity, childrenOf(root))
    return hasDuplicateId(document) ? { ok: false, fault: 'duplicate-id' } : { ok: true, document }
  } catch (error) {
    if (error instanceof PidfRefusal) return { ok: false, fault: error.fault }
    throw error
  }
}

class PidfRefusal extends Error {
  readonly fault: PidfFault

  constructor(fault: PidfFault) {
    super(fault)
    this.fault = fault
  }
}

function readParts(entity: string, children: readonly XmlElement[]): PresenceDocument {
  const [tuples, persons, devices]: [Tuple[], Person[], Device[]] = [[], [], []]
  const [notes, elements]: [Note[], XmlElement[]] = [[], []]
  for (const child of children) {
    const name = child.ns === pidfNamespace ? child.local : child.ns === dataModelNamespace ? `dm:${child.local}` : ''
    if (name === 'tuple') tuples.push(readTuple(child))
    else if (name === 'note') notes.push(readNote(child))
    else if (name === 'dm:person') persons.push(readPerson(child))
    else if (name === 'dm:device') devices.push(readDevice(child))
    else elements.push(child)
  }
  return { entity, tuples, persons, devices, notes, elements }
}

function hasDuplicateId({ tuples, persons, devices, elements }: PresenceDocument): boolean {
  const ids = new Set<string>()
  let count = 0
  const add = (id: string | null): void => {
    if (id === null) return
    count++
    ids.add(id)
  }
  for (const parts of [tuples, persons, devices]) for (const { id } of parts) add(id)
  for (const element of elements) add(attributeOf(element, 'id'))
  return ids.size < count
}

function readTuple(element: XmlElement): Tuple {
  const id = idOf(element)
  const [notes, elements]: [Note[], XmlElement[]] = [[], []]
  let status: XmlElement | null = null
  let contact: Contact | null = null
  let timestampMs: number | null = null
  for (const child of childrenOf(element)) {
    const name = child.ns === pidfNamespace ? child.local : ''
    if (name === 'status' && status !== null) throw new PidfRefusal('bad-tuple')
    if (name === 'status') status = child
    else if (name === 'contact') contact ??= readContact(child)
    else if (name === 'note') notes.push(readNote(child))
    else if (name === 'timestamp') timestampMs = readTimestamp(child)
    else elements.push(child)
  }
  if (status === null) throw new PidfRefusal('bad-tuple')
  const statusElements = childrenOf(status).filter((each) => !isBasic(each))
  const basic = readBasic(childrenOf(status).filter(isBasic))
  return { id, basic, contact, notes, timestampMs, statusElements, elements, attributes: foreignAttributes(element) }
}

function isBasic({ ns, local }: XmlElement): boolean {
  return ns === pidfNamespace && local === 'basic'
}

function readBasic(elements: readonly XmlElement[]): Basic | null {
  if (elements.length === 0) return null
  const word = textOf(elements[0]!)
  if (elements.length > 1 || (word !== 'open' && word !== 'closed')) throw new PidfRefusal('bad-basic')
  return word
}

/** A priority that is none harms nobody: it is as if it were not there. */
function readContact(element: XmlElement): Contact {
  const written = attributeOf(element, 'priority')?.trim() ?? ''
  const priority = /^(?:0(?:\.\d{1,3})?|1(?:\.0{1,3})?)$/.test(written) ? Number(written) : null
  return { uri: textOf(element), priority }
}

function readNote(element: XmlElement): Note {
  return { language: attributeOf(element, 'lang', xmlNamespace), text: textOf(element) }
}

function readTimestamp(element: XmlElement): number {
  const ms = parseDateTime(textOf(element))
  if (ms === null) throw new PidfRefusal('bad-timestamp')
  return ms
}

function readPerson(element: XmlElement): Person {
  const { deviceId: _, ...person } = readDevice(element, 'person')
  return person
}

function readDevice(element: XmlElement, kind: 'person' | 'device' = 'device'): Device {
  const [notes, elements]: [Note[], XmlElement[]] = [[], []]
  let deviceId: string | null = null
  let timestampMs: number | null = null
  for (const child of childrenOf(element)) {
    const name = child.ns === dataModelNamespace ? child.local : ''
    if (name === 'note') notes.push(readNote(child))
    else if (name === 'timestamp') timestampMs = readTimestamp(child)
    else if (name === 'deviceID' && kind === 'device') deviceId ??= textOf(child)
    else elements.push(child)
  }
  return { id: idOf(element), deviceId, notes, timestampMs, elements, attributes: foreignAttributes(element) }
}

function idOf(element: XmlElement): string {
  const id = attributeOf(element, 'id')?.trim() ?? ''
  if (id === '') throw new PidfRefusal('bad-tuple')
  return id
}

function foreignAttributes({ attributes }: XmlElement): readonly XmlAttribute[] {
  return attributes.filter(({ ns }) => ns !== '' && ns !== xmlnsNamespace)
}
