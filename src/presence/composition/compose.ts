/**
 * One presence document from all that is known of a user: publications of devices, hard state, registrations. A pure
 * function; the table of who wins is docs/presence-composition.md. Which publications count is its caller's business.
 */
import {
  activitiesOf,
  type Basic,
  basicOf,
  type PresenceDocument,
  type Tuple,
  userInputOf,
  writePidf,
} from '../../documents/index.ts'
import { composeDevices, composeElements, composeTuples, UniqueIds } from './compose-parts.ts'
import { busiestOf, composeNotes, composePerson } from './compose-person.ts'
import { byAge, compareText, type Source } from './compose-source.ts'
import { Moment } from './compose-validity.ts'

/** Of a device that is there, or of a client of which we know no device. */
export interface CountedPublication {
  /** The same as long as the publication lives: ids in what is composed hang on it. */
  readonly key: string
  readonly deviceKey: string | null
  /** Of no two publications of a user the same. */
  readonly publishedMs: number
  readonly document: PresenceDocument
  /** The same as it was published. */
  readonly bytes: Uint8Array
}

/** Stands until it is taken back. */
export interface HardState {
  readonly key: string
  /** An administrator speaks for the user; a calendar is a machine. */
  readonly by: 'administrator' | 'calendar'
  readonly setMs: number
  readonly document: PresenceDocument
}

export interface RegisteredDevice {
  readonly deviceKey: string
  /** What watchers may write to: the AOR or a GRUU, never an address of the network. */
  readonly contact: string
}

export interface CompositionInput {
  readonly entity: string
  readonly publications: readonly CountedPublication[]
  readonly hardStates: readonly HardState[]
  readonly registered: readonly RegisteredDevice[]
}

export interface Composition {
  /** PIDF. */
  readonly document: Uint8Array
  /** When something in it begins or ends by itself: then it has to be composed again. Null: never. */
  readonly changesAtMs: number | null
}

export interface PresenceSummary {
  readonly basic: Basic
  /** The busiest word for what the user does: `on-the-phone`, `away`; null: nothing is said. */
  readonly activity: string | null
}

/** `nowMs`: the system's clock, which documents write. The order of what stands in `input` does not matter. */
export function compose(input: CompositionInput, nowMs: number): Composition {
  const moment = new Moment(nowMs)
  const publications = newestOfEachDevice(input.publications)
  const sources = sourcesOf(publications, input.hardStates).map((source) => moment.current(source))
  const [only] = publications
  // The usual case: what a single device says goes on byte for byte.
  const isAsPublished = only && sources.length === 1 && sources[0]!.document === only.document && hasTuples(sources)
  return {
    document: isAsPublished ? only.bytes : writePidf(composeDocument(input, sources)),
    changesAtMs: moment.nextMs,
  }
}

/** Newer over older: a device that publishes anew has forgotten what it published before. */
function newestOfEachDevice(publications: readonly CountedPublication[]): readonly CountedPublication[] {
  const newestFirst = publications.toSorted((a, b) => b.publishedMs - a.publishedMs || compareText(a.key, b.key))
  const seen = new Set<string>()
  return newestFirst.filter(({ deviceKey }) => {
    if (deviceKey === null) return true
    const isNew = !seen.has(deviceKey)
    seen.add(deviceKey)
    return isNew
  })
}

function sourcesOf(publications: readonly CountedPublication[], hardStates: readonly HardState[]): readonly Source[] {
  const ofDevices = publications.map(({ key, deviceKey, publishedMs, document }): Source => {
    return { key, deviceKey, atMs: publishedMs, by: 'device', document }
  })
  const ofHardStates = hardStates.map(({ key, by, setMs, document }): Source => {
    return { key, deviceKey: null, atMs: setMs, by, document }
  })
  return [...ofDevices, ...ofHardStates].sort(byAge)
}

function hasTuples(sources: readonly Source[]): boolean {
  return sources.some(({ document }) => document.tuples.length > 0)
}

function composeDocument(input: CompositionInput, sources: readonly Source[]): PresenceDocument {
  const ids = new UniqueIds()
  const elements = composeElements(sources, ids)
  const ofDevices = sources.filter(({ by }) => by === 'device')
  const speaking = hasTuples(ofDevices) ? ofDevices : sources
  const tuples = hasTuples(speaking) ? composeTuples(speaking, ids) : tuplesOfRegistrations(input, ids)
  const person = composePerson(sources, ids)
  return {
    entity: input.entity,
    tuples,
    persons: person ? [person] : [],
    devices: composeDevices(sources, ids),
    notes: composeNotes(sources, ({ document }) => document.notes),
    elements,
  }
}

/** Registered without publication: open. Not registered: closed, as for who is blocked politely: without a time. */
function tuplesOfRegistrations({ registered }: CompositionInput, ids: UniqueIds): readonly Tuple[] {
  const none = { notes: [], statusElements: [], elements: [], attributes: [] }
  if (registered.length === 0) {
    return [{ ...none, id: ids.claim('t0'), basic: 'closed', contact: null, timestampMs: null }]
  }
  const inOrder = registered.toSorted((a, b) => compareText(a.deviceKey, b.deviceKey))
  const contacts = [...new Set(inOrder.map(({ contact }) => contact))]
  return contacts.map((uri, index): Tuple => {
    return { ...none, id: ids.claim(`t${index}`), basic: 'open', contact: { uri, priority: null }, timestampMs: null }
  })
}

/** Of a document that was composed: for people who look at it. */
export function summaryOf(document: PresenceDocument): PresenceSummary {
  const elements = document.persons.flatMap((person) => person.elements)
  const activity = busiestOf(activitiesOf(elements))
  const isIdle = userInputOf(elements)?.state === 'idle'
  return { basic: basicOf(document) ?? 'closed', activity: activity ?? (isIdle ? 'away' : null) }
}
