/**
 * A presence document in memory: PIDF (RFC 3863) with the data model's persons and devices (RFC 4479). What else its
 * author has said is kept as elements, in whatever namespace; `rpid.ts` reads what we have to understand of it.
 */
import type { XmlAttribute, XmlElement } from '../xml/index.ts'

export interface PresenceDocument {
  /** Whose presence: `sip:alice@example.test`, `pres:alice@example.test`. */
  readonly entity: string
  readonly tuples: readonly Tuple[]
  readonly persons: readonly Person[]
  readonly devices: readonly Device[]
  readonly notes: readonly Note[]
  readonly elements: readonly XmlElement[]
}

export type Basic = 'open' | 'closed'

/** A service: a way to communicate (RFC 3863 §4.1.2). */
export interface Tuple {
  readonly id: string
  /** Null: the tuple does not say. */
  readonly basic: Basic | null
  readonly contact: Contact | null
  readonly notes: readonly Note[]
  /** When this state began, system clock. */
  readonly timestampMs: number | null
  /** Inside of `status`, beside `basic`. */
  readonly statusElements: readonly XmlElement[]
  readonly elements: readonly XmlElement[]
  /** Of other namespaces. */
  readonly attributes: readonly XmlAttribute[]
}

export interface Contact {
  readonly uri: string
  /** 0 to 1, with at most three decimals; null: no preference. */
  readonly priority: number | null
}

/** The human being (RFC 4479 §3.1). */
export interface Person {
  readonly id: string
  readonly notes: readonly Note[]
  readonly timestampMs: number | null
  readonly elements: readonly XmlElement[]
  readonly attributes: readonly XmlAttribute[]
}

/** A piece of equipment (RFC 4479 §3.3). */
export interface Device {
  readonly id: string
  /** What tuples name in their `deviceID`: `urn:uuid:…`. Null: it is missing, which the schema forbids. */
  readonly deviceId: string | null
  readonly notes: readonly Note[]
  readonly timestampMs: number | null
  readonly elements: readonly XmlElement[]
  readonly attributes: readonly XmlAttribute[]
}

export interface Note {
  /** `xml:lang`. */
  readonly language: string | null
  readonly text: string
}

/** The whole document: open if one can be reached by any way (RFC 3863 §4.1.4); null: no tuple says. */
export function basicOf({ tuples }: PresenceDocument): Basic | null {
  if (tuples.some(({ basic }) => basic === 'open')) return 'open'
  return tuples.some(({ basic }) => basic === 'closed') ? 'closed' : null
}
