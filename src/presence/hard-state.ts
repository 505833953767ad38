/**
 * Hard state of a user (RFC 3903 §2) as it is held, and the document that simple words make.
 */
import {
  activitiesElement,
  knownActivities,
  type Note,
  type PresenceDocument,
  writeDateTime,
  writePidf,
} from '../documents/index.ts'
import type { HardStateWords } from '../ports/admin.ts'
import type { HardStateRecord } from '../ports/records/hard-state.ts'
import type { TimerHandle } from '../ports/timers.ts'
import type { Aor } from '../sip/uri/aor.ts'

export interface HeldHardState extends HardStateRecord {
  /** Its beginning or its end; null: neither is to come. */
  timer: TimerHandle | null
}

/** Not before it begins; at its end it is removed. */
export function hasBegun({ fromMs }: HardStateRecord, systemMs: number): boolean {
  return fromMs === null || fromMs <= systemMs
}

const noteCharsMax = 1000

/** The document that says so; a text is why there is none. Times: system clock. */
export function documentOfWords(
  aor: Aor,
  { status, activity, note }: HardStateWords,
  { fromMs, untilMs }: { readonly fromMs: number | null; readonly untilMs: number | null },
): Uint8Array | string {
  if (status === null && activity === null && note === null) return 'nothing is said: a status, an activity or a note'
  if (activity !== null && !knownActivities.includes(activity)) {
    return `"${activity}" is no activity; there are ${knownActivities.join(', ')}`
  }
  if (note !== null && (note.trim() === '' || note.length > noteCharsMax || /\p{Cc}/u.test(note))) {
    return `a note is one line of at most ${noteCharsMax} characters`
  }
  return writePidf(wordsDocument(aor, { status, activity, note }, { fromMs, untilMs }))
}

/** Watchers may know how long an activity lasts (RFC 4480 §3.1). */
function wordsDocument(
  aor: Aor,
  { status, activity, note }: HardStateWords,
  times: { readonly fromMs: number | null; readonly untilMs: number | null },
): PresenceDocument {
  const none = { timestampMs: null, attributes: [] }
  const notes: Note[] = note === null ? [] : [{ language: null, text: note.trim() }]
  const attributes = Object.entries({ from: times.fromMs, until: times.untilMs }).flatMap(([local, ms]) =>
    ms === null ? [] : [{ ns: '', local, prefix: '', value: writeDateTime(ms) }],
  )
  const elements = activity === null ? [] : [{ ...activitiesElement([activity]), attributes }]
  const hasPerson = activity !== null || note !== null
  const service = { contact: null, notes: [], statusElements: [], elements: [], ...none }
  return {
    entity: aor,
    tuples: status === null ? [] : [{ id: 'set', basic: status, ...service }],
    persons: hasPerson ? [{ id: 'person', notes, elements, ...none }] : [],
    devices: [],
    notes: [],
    elements: [],
  }
}
