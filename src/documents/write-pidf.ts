/**
 * A presence document as text (RFC 3863 §4, RFC 4479 §4). What we know is put together as strings, so that the usual
 * small document costs little; elements of others are written as trees.
 */
import { Buffer } from 'node:buffer'
import {
  escapeAttribute,
  escapeText,
  type NamespaceScope,
  namespaceScope,
  writeElement,
  type XmlAttribute,
  type XmlElement,
  xmlDeclaration,
  xmlElement,
} from '../xml/index.ts'
import { writeDateTime } from './date-time.ts'
import { dataModelNamespace, pidfNamespace, rpidNamespace } from './namespaces.ts'
import type { Device, Note, Person, PresenceDocument, Tuple } from './presence-document.ts'

/** Prefixes that the root element declares in a document that says more than services. */
const richScope = namespaceScope({ '': pidfNamespace, dm: dataModelNamespace, rpid: rpidNamespace })
const plainScope = namespaceScope({ '': pidfNamespace })
const richDeclarations = ` xmlns:dm="${dataModelNamespace}" xmlns:rpid="${rpidNamespace}"`

/** The body of a NOTIFY, in UTF-8. */
export function writePidf(document: PresenceDocument): Uint8Array {
  const { entity } = document
  const isRich = document.persons.length > 0 || document.devices.length > 0
  const declarations = isRich ? richDeclarations : ''
  const start = `<presence xmlns="${pidfNamespace}"${declarations} entity="${escapeAttribute(entity)}">`
  return Buffer.from(`${xmlDeclaration}${start}${partsText(document, isRich ? richScope : plainScope)}</presence>`)
}

/** In the order that the schemas want: tuples, notes, and what other namespaces add. */
function partsText({ tuples, persons, devices, notes, elements }: PresenceDocument, scope: NamespaceScope): string {
  let text = ''
  for (const tuple of tuples) text += tupleText(tuple, scope)
  text += notesText('note', notes)
  for (const person of persons) text += partText('dm:person', person, '', scope)
  for (const device of devices) {
    const deviceId = device.deviceId === null ? '' : `<dm:deviceID>${escapeText(device.deviceId)}</dm:deviceID>`
    text += partText('dm:device', device, deviceId, scope)
  }
  return text + elementsText(elements, scope)
}

function tupleText(tuple: Tuple, scope: NamespaceScope): string {
  const { id, basic, contact, notes, timestampMs, statusElements, elements, attributes } = tuple
  let text = startTag('tuple', id, attributes, scope)
  text += `<status>${basic === null ? '' : `<basic>${basic}</basic>`}${elementsText(statusElements, scope)}</status>`
  text += elementsText(elements, scope)
  if (contact) {
    const priority = contact.priority === null ? '' : ` priority="${Math.round(contact.priority * 1000) / 1000}"`
    text += `<contact${priority}>${escapeText(contact.uri)}</contact>`
  }
  text += notesText('note', notes)
  if (timestampMs !== null) text += `<timestamp>${writeDateTime(timestampMs)}</timestamp>`
  return `${text}</tuple>`
}

function partText(name: string, part: Person | Device, deviceId: string, scope: NamespaceScope): string {
  const { id, notes, timestampMs, elements, attributes } = part
  const timestamp = timestampMs === null ? '' : `<dm:timestamp>${writeDateTime(timestampMs)}</dm:timestamp>`
  const content = elementsText(elements, scope) + deviceId + notesText('dm:note', notes) + timestamp
  return `${startTag(name, id, attributes, scope)}${content}</${name}>`
}

/** Attributes of others need declarations, which only the writer of trees can make. */
function startTag(name: string, id: string, attributes: readonly XmlAttribute[], scope: NamespaceScope): string {
  if (attributes.length === 0) return `<${name} id="${escapeAttribute(id)}">`
  const [ns, local] = name === 'tuple' ? [pidfNamespace, name] : [dataModelNamespace, name.slice(3)]
  const element = xmlElement(ns, local, { id })
  return writeElement({ ...element, attributes: [...element.attributes, ...attributes] }, scope).replace(/\/>$/, '>')
}

function notesText(name: string, notes: readonly Note[]): string {
  let text = ''
  for (const note of notes) {
    const language = note.language === null ? '' : ` xml:lang="${escapeAttribute(note.language)}"`
    text += `<${name}${language}>${escapeText(note.text)}</${name}>`
  }
  return text
}

function elementsText(elements: readonly XmlElement[], scope: NamespaceScope): string {
  let text = ''
  for (const element of elements) text += writeElement(element, scope)
  return text
}
