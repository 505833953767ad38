/**
 * Presence documents for tests: parsed or refused, and drawn at random with what strangers put into them.
 */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import {
  activitiesElement,
  type Device,
  knownActivities,
  namespaces,
  type Person,
  type PresenceDocument,
  parsePidf,
  type Tuple,
  userInputElement,
} from '../../src/documents/index.ts'
import { parseXml, writeXml, type XmlElement } from '../../src/xml/index.ts'
import { meaning, xmlText, xmlTree } from './xml-arbitraries.ts'

export function presenceDocument(text: string | Uint8Array): PresenceDocument {
  const parsed = parsePidf(typeof text === 'string' ? Buffer.from(text) : text)
  if (!parsed.ok) throw new Error(`${parsed.fault} in ${Buffer.from(text as Uint8Array).toString()}`)
  return parsed.document
}

export function pidfFault(text: string): string {
  const parsed = parsePidf(Buffer.from(text))
  return parsed.ok ? 'none' : parsed.fault
}

const trimmed = xmlText.map((text) => text.trim())
const timeMs = fc.option(fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000))
const note = fc.record({ language: fc.option(fc.constantFrom('en', 'de-CH')), text: trimmed })
const notes = fc.array(note, { maxLength: 2 })

/** As it comes out of a parser, so that it can be compared. */
const foreignElement = xmlTree
  .filter((element) => element.ns !== '' && element.prefix !== '')
  .map((element): XmlElement => {
    const parsed = parseXml(Buffer.from(writeXml(element)))
    if (!parsed.ok) throw new Error(parsed.text)
    return parsed.root
  })

const activities = fc.uniqueArray(fc.constantFrom(...knownActivities, 'juggling'), { maxLength: 2 })
const userInput = fc.record({
  state: fc.constantFrom('active' as const, 'idle' as const),
  lastInputMs: timeMs,
  idleThresholdSeconds: fc.option(fc.nat(3600)),
})

const elements = fc
  .tuple(
    fc.array(foreignElement, { maxLength: 2 }),
    fc.option(activities.map(activitiesElement)),
    fc.option(userInput.map(userInputElement)),
  )
  .map(([foreign, ...rich]) => [...foreign, ...rich.filter((each) => each !== null)])

const id = fc.constantFrom('t1', 't2', 'a', 'sg89ae', '_0')
const described = { id, notes, timestampMs: timeMs, elements, attributes: fc.constant([]) }

const tuple: fc.Arbitrary<Tuple> = fc.record({
  ...described,
  basic: fc.constantFrom('open' as const, 'closed' as const, null),
  contact: fc.option(
    fc.record({
      uri: fc.constantFrom('sip:bob@example.test', 'sip:bob@192.0.2.1;gr=a&b', 'mailto:bob@example.test'),
      priority: fc.option(fc.nat(1000).map((thousandths) => thousandths / 1000)),
    }),
  ),
  statusElements: fc.array(foreignElement, { maxLength: 1 }),
})
const person: fc.Arbitrary<Person> = fc.record(described)
const device: fc.Arbitrary<Device> = fc.record({
  ...described,
  deviceId: fc.option(fc.constantFrom('urn:uuid:1', 'mac:8asd7d7d70')),
})

/** Ids are unique within a document, and the same ones appear in several documents. */
export const anyPresenceDocument: fc.Arbitrary<PresenceDocument> = fc
  .record({
    entity: fc.constant('sip:bob@example.test'),
    tuples: fc.array(tuple, { maxLength: 3 }),
    persons: fc.array(person, { maxLength: 2 }),
    devices: fc.array(device, { maxLength: 2 }),
    notes,
    elements: fc.array(foreignElement, { maxLength: 2 }),
  })
  .map((drawn) => {
    const ids = new Set(drawn.elements.map((element) => idOf(element)))
    const once = <P extends { readonly id: string }>(parts: readonly P[]): P[] =>
      parts.filter((part) => !ids.has(part.id) && ids.add(part.id))
    return { ...drawn, tuples: once(drawn.tuples), persons: once(drawn.persons), devices: once(drawn.devices) }
  })

function idOf(element: XmlElement): string | undefined {
  return element.attributes.find(({ ns, local }) => ns === '' && local === 'id')?.value
}

/** `body` inside of a presence element that declares what the RFCs' examples use. */
export function presence(body: string, entity = 'pres:someone@example.test'): string {
  const { pidfNamespace, dataModelNamespace, rpidNamespace, timedStatusNamespace } = namespaces
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<presence xmlns="${pidfNamespace}" xmlns:dm="${dataModelNamespace}"\n` +
    `  xmlns:r="${rpidNamespace}" xmlns:ts="${timedStatusNamespace}" entity="${entity}">${body}</presence>`
  )
}

/** Elements are compared by what they mean: prefixes may change with the place. */
export function said(document: PresenceDocument): unknown {
  return JSON.parse(JSON.stringify(document, (key, value) => (/elements$/i.test(key) ? value.map(meaning) : value)))
}
