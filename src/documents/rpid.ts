/**
 * What we understand of rich presence (RPID, RFC 4480): activities, user input and how long something holds. Mood,
 * place, sphere and all else are elements that pass on as they came.
 */
import { attributeOf, childrenOf, textOf, type XmlElement, xmlElement } from '../xml/index.ts'
import { parseDateTime, writeDateTime } from './date-time.ts'
import { rpidNamespace } from './namespaces.ts'

export interface UserInput {
  readonly state: 'active' | 'idle'
  /** When a key or the mouse was used last. */
  readonly lastInputMs: number | null
  readonly idleThresholdSeconds: number | null
}

/** Half-open, of the system's clock; null: open to that side (RFC 4480 §3.1: `from` and `until`). */
export interface Validity {
  readonly fromMs: number | null
  readonly untilMs: number | null
}

/** Elements named so directly below a person, tuple or device. */
export function rpidElements(elements: readonly XmlElement[], local: string): readonly XmlElement[] {
  return elements.filter((each) => each.ns === rpidNamespace && each.local === local)
}

/** §3.2: names such as `busy` or `on-the-phone`; of `other`, and of other namespaces, the words that are there. */
export function activitiesOf(elements: readonly XmlElement[]): readonly string[] {
  return rpidElements(elements, 'activities').flatMap((activities) =>
    childrenOf(activities)
      .filter((each) => !(each.ns === rpidNamespace && each.local === 'note'))
      .map((each) => (each.ns === rpidNamespace && each.local === 'other' ? textOf(each) || 'other' : each.local)),
  )
}

/** §3.16; null: nothing, or nothing that one can read. */
export function userInputOf(elements: readonly XmlElement[]): UserInput | null {
  const [element] = rpidElements(elements, 'user-input')
  const state = element ? textOf(element) : ''
  if (!element || (state !== 'active' && state !== 'idle')) return null
  const threshold = attributeOf(element, 'idle-threshold')?.trim() ?? ''
  return {
    state,
    lastInputMs: parseDateTime(attributeOf(element, 'last-input') ?? ''),
    idleThresholdSeconds: /^\d{1,9}$/.test(threshold) ? Number(threshold) : null,
  }
}

export function validityOf(element: XmlElement): Validity {
  return {
    fromMs: parseDateTime(attributeOf(element, 'from') ?? ''),
    untilMs: parseDateTime(attributeOf(element, 'until') ?? ''),
  }
}

/** The activities that RFC 4480 §3.2 names. */
export const knownActivities: readonly string[] = [
  'appointment',
  'away',
  'breakfast',
  'busy',
  'dinner',
  'holiday',
  'in-transit',
  'looking-for-work',
  'lunch',
  'meal',
  'meeting',
  'on-the-phone',
  'performance',
  'permanent-absence',
  'playing',
  'presentation',
  'shopping',
  'sleeping',
  'spectator',
  'steering',
  'travel',
  'tv',
  'unknown',
  'vacation',
  'working',
  'worship',
]

/** Names that RFC 4480 has as elements, others as `other`. */
export function activitiesElement(names: readonly string[]): XmlElement {
  const children = names.map((name) => {
    return knownActivities.includes(name)
      ? xmlElement(rpidNamespace, name)
      : xmlElement(rpidNamespace, 'other', {}, [name])
  })
  return xmlElement(rpidNamespace, 'activities', {}, children)
}

export function userInputElement({ state, lastInputMs, idleThresholdSeconds }: UserInput): XmlElement {
  const attributes: Record<string, string> = {}
  if (idleThresholdSeconds !== null) attributes['idle-threshold'] = String(idleThresholdSeconds)
  if (lastInputMs !== null) attributes['last-input'] = writeDateTime(lastInputMs)
  return xmlElement(rpidNamespace, 'user-input', attributes, [state])
}
