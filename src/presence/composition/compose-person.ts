/**
 * One person from the persons in several documents: for each kind of statement (activities, mood, a note, an element
 * that nobody here knows) one document wins, with all that it says of this kind. docs/presence-composition.md.
 */
import { activitiesOf, type Note, namespaces, type Person, rpidElements, userInputOf } from '../../documents/index.ts'
import type { XmlElement } from '../../xml/index.ts'
import type { UniqueIds } from './compose-parts.ts'
import { byAge, compareText, type Source } from './compose-source.ts'

/** Busy over free, where machines speak; the later the busier. What is not named stands where `other` does. */
const busyness: readonly (readonly string[])[] = [
  ['away', 'sleeping', 'unknown'],
  ['available'],
  ['other'],
  ['appointment', 'meeting', 'presentation', 'busy'],
  ['on-the-phone'],
]

function busynessOf(activity: string): number {
  const found = busyness.findIndex((names) => names.includes(activity))
  return found < 0 ? busyness.findIndex(([name]) => name === 'other') : found
}

/** Of equally busy ones the first. Null: there are none. */
export function busiestOf(activities: readonly string[]): string | null {
  const [first = null, ...others] = activities
  return others.reduce((best, each) => (best !== null && busynessOf(each) > busynessOf(best) ? each : best), first)
}

/** A source that says something of the person, and what. */
interface Saying {
  readonly source: Source
  readonly elements: readonly XmlElement[]
}

export function composePerson(sources: readonly Source[], ids: UniqueIds): Person | null {
  const sayings = sources.flatMap((source): Saying[] => {
    const { persons } = source.document
    return persons.length === 0 ? [] : [{ source, elements: persons.flatMap(({ elements }) => elements) }]
  })
  const persons = sayings.flatMap(({ source }) => source.document.persons)
  if (persons.length === 0) return null
  const times = persons.flatMap(({ timestampMs }) => timestampMs ?? [])
  const named = sayings.map(({ source }) => source).sort((a, b) => compareText(a.key, b.key))[0]!
  return {
    id: ids.claim(named.document.persons[0]!.id),
    notes: composeNotes(sources, ({ document }) => document.persons.flatMap(({ notes }) => notes)),
    timestampMs: times.length === 0 ? null : Math.max(...times),
    elements: kindsOf(sayings).flatMap((kind) => winnerOf(kind, sayings)),
    attributes: uniqueAttributes(persons),
  }
}

/** Of two with one name the newer. */
function uniqueAttributes(persons: readonly Person[]): Person['attributes'] {
  const byName = new Map<string, Person['attributes'][number]>()
  for (const { attributes } of persons.toReversed()) {
    for (const each of attributes) byName.set(`${each.ns} ${each.local}`, each)
  }
  return [...byName.values()]
}

/** The notes of the newest that has any; a calendar is heard where nobody else has said something. */
export function composeNotes(
  sources: readonly Source[],
  notesOf: (source: Source) => readonly Note[],
): readonly Note[] {
  const [winner] = sources.filter((source) => notesOf(source).length > 0).sort(byHumanThenAge)
  return winner ? notesOf(winner) : []
}

interface Kind {
  readonly ns: string
  readonly local: string
}

/** In an order that hangs on nothing but the names. */
function kindsOf(sayings: readonly Saying[]): readonly Kind[] {
  const kinds = new Map<string, Kind>()
  for (const { elements } of sayings) for (const { ns, local } of elements) kinds.set(`${ns} ${local}`, { ns, local })
  return [...kinds].sort(([a], [b]) => compareText(a, b)).map(([, kind]) => kind)
}

function winnerOf({ ns, local }: Kind, sayings: readonly Saying[]): readonly XmlElement[] {
  const ofKind = ({ elements }: Saying) => elements.filter((each) => each.ns === ns && each.local === local)
  if (ns === namespaces.rpidNamespace && local === 'activities') return winningActivities(sayings)
  if (ns === namespaces.rpidNamespace && local === 'user-input') return winningInput(sayings)
  const [winner] = sayings
    .filter((saying) => ofKind(saying).length > 0)
    .sort((a, b) => byHumanThenAge(a.source, b.source))
  return winner ? ofKind(winner) : []
}

/** Idle is who is idle at all devices: one that speaks of the person and not of idleness is in use. */
function winningInput(sayings: readonly Saying[]): readonly XmlElement[] {
  const inputs = sayings
    .filter(({ source, elements }) => source.by === 'device' || rpidElements(elements, 'user-input').length > 0)
    .map((saying) => ({ ...saying, input: userInputOf(saying.elements) }))
  inputs.sort((a, b) => {
    const isActive = ({ input }: typeof a) => Number(input?.state !== 'idle')
    return (
      isActive(b) - isActive(a) ||
      (b.input?.lastInputMs ?? 0) - (a.input?.lastInputMs ?? 0) ||
      byAge(a.source, b.source)
    )
  })
  return inputs[0] ? rpidElements(inputs[0].elements, 'user-input') : []
}

/** Whoever speaks of the person without an activity says that the user is free. */
function winningActivities(sayings: readonly Saying[]): readonly XmlElement[] {
  const candidates = sayings.map((saying) => {
    const activity = busiestOf(activitiesOf(saying.elements)) ?? 'available'
    return { ...saying, isManual: isManual(saying), busyness: busynessOf(activity) }
  })
  const manual = candidates.filter(({ isManual }) => isManual)
  const [winner] =
    manual.length > 0
      ? manual.sort((a, b) => byAge(a.source, b.source))
      : candidates.sort((a, b) => b.busyness - a.busyness || byAge(a.source, b.source))
  return winner ? rpidElements(winner.elements, 'activities') : []
}

/** What machines find out by themselves: that somebody telephones, has left the keyboard, or does nothing special. */
function isManual({ source, elements }: Saying): boolean {
  if (source.by !== 'device') return source.by === 'administrator'
  const isIdle = userInputOf(elements)?.state === 'idle'
  return activitiesOf(elements).some((each) => {
    return each !== 'on-the-phone' && each !== 'unknown' && !(each === 'away' && isIdle)
  })
}

function byHumanThenAge(a: Source, b: Source): number {
  return Number(a.by === 'calendar') - Number(b.by === 'calendar') || byAge(a, b)
}
