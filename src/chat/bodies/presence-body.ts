/**
 * application/pidf+xml (RFC 3863, 4479, 4480) as far as a chat shows and says it: whether somebody is there, what they
 * do, and a note.
 */
import {
  activitiesElement,
  activitiesOf,
  basicOf,
  type Person,
  type PresenceDocument,
  parsePidf,
  type Tuple,
  writePidf,
} from '../../documents/index.ts'
import type { Aor } from '../../sip/uri/aor.ts'

export interface PresenceState {
  readonly isOpen: boolean
  /** As RFC 4480 §3.2 names them: `away`, `busy`, `on-the-phone` … */
  readonly activities: readonly string[]
  readonly note: string | null
}

export interface PresenceAuthor {
  readonly aor: Aor
  /** Of the device: `urn:uuid:…`. */
  readonly instanceId: string
  /** System clock. */
  readonly nowMs: number
}

/** Null when it is no presence document. */
export function parsePresence(body: Uint8Array): PresenceState | null {
  const parsed = parsePidf(body)
  if (!parsed.ok) return null
  const { document } = parsed
  const activities = document.persons.flatMap(({ elements }) => activitiesOf(elements))
  // COMPAT(several): clients that know no persons (RFC 4479) put them into the tuple, as drafts of RPID had it.
  const ofTuples = document.tuples.flatMap(({ elements, statusElements }) =>
    activitiesOf([...elements, ...statusElements]),
  )
  const told = activities.length > 0 ? activities : ofTuples
  return { isOpen: basicOf(document) === 'open', activities: [...new Set(told)], note: noteOf(document) }
}

/** Of the person before that of all services, before that of one (RFC 4479 §3.1, RFC 3863 §4.1.6). */
function noteOf({ persons, notes, tuples }: PresenceDocument): string | null {
  const all = [...persons.flatMap((each) => each.notes), ...notes, ...tuples.flatMap((each) => each.notes)]
  return all.map(({ text }) => text.trim()).find((text) => text !== '') ?? null
}

/** The note stands in the person and, for readers of RFC 3863 alone, in the tuple. */
export function encodePresence({ isOpen, activities, note }: PresenceState, author: PresenceAuthor): Uint8Array {
  const { aor, instanceId, nowMs } = author
  const notes = note === null ? [] : [{ language: null, text: note }]
  const device = instanceId.replaceAll(/[^\w-]/g, '').slice(-12)
  const tuple: Tuple = {
    id: `chat-${device}`,
    basic: isOpen ? 'open' : 'closed',
    contact: { uri: aor, priority: null },
    notes,
    timestampMs: nowMs,
    statusElements: [],
    elements: [],
    attributes: [],
  }
  const elements = activities.length === 0 ? [] : [activitiesElement(activities)]
  const person: Person = { id: `person-${device}`, notes, timestampMs: nowMs, elements, attributes: [] }
  return writePidf({ entity: aor, tuples: [tuple], persons: [person], devices: [], notes: [], elements: [] })
}
