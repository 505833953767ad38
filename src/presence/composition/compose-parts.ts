/**
 * Services, devices and the elements that nobody here knows, of several documents in one: nothing is lost, nothing
 * twice, and no id stands for two things (RFC 3863 §4.1.2).
 */
import type { Device, Tuple } from '../../documents/index.ts'
import { attributeOf, writeElement, type XmlElement } from '../../xml/index.ts'
import { byAge, compareText, type Source } from './compose-source.ts'

/** Whoever comes first keeps his id; others get a number behind theirs. */
export class UniqueIds {
  readonly #taken = new Set<string>()

  claim(id: string): string {
    let free = id
    for (let number = 2; this.#taken.has(free); number++) free = `${id}-${number}`
    this.#taken.add(free)
    return free
  }
}

/** Parts in the order in which ids are given: by name of the source, which does not change when it publishes again. */
function partsOf<P>(sources: readonly Source[], of: (source: Source) => readonly P[]) {
  return sources
    .toSorted((a, b) => compareText(a.key, b.key))
    .flatMap((source) => of(source).map((part) => ({ source, part })))
}

type Placed<P> = ReturnType<typeof partsOf<P>>[number]

/** For each name the part of the newest source. */
function newestOfEach<P>(placed: readonly Placed<P>[], nameOf: (each: Placed<P>) => string): readonly Placed<P>[] {
  const newest = new Map<string, Placed<P>>()
  for (const each of placed) {
    const name = nameOf(each)
    const before = newest.get(name)
    if (!before || byAge(each.source, before.source) < 0) newest.set(name, each)
  }
  return placed.filter((each) => newest.get(nameOf(each)) === each)
}

/**
 * Open ones first, then by the priority of their contact, the newer, and the more capable device. Publications of which
 * we know no device may be one that was published anew: the same id with the same contact is then the same service.
 */
export function composeTuples(sources: readonly Source[], ids: UniqueIds): readonly Tuple[] {
  const placed = newestOfEach(
    partsOf(sources, ({ document }) => document.tuples),
    ({ source: { deviceKey }, part }) => JSON.stringify([deviceKey, part.id, part.contact?.uri ?? null]),
  )
  const unique = placed.map(({ source, part }) => ({ source, tuple: { ...part, id: ids.claim(part.id) } }))
  unique.sort((a, b) => byReach(a.tuple, b.tuple) || byAge(a.source, b.source))
  return unique.map(({ tuple }) => tuple)
}

function byReach(a: Tuple, b: Tuple): number {
  const rank = ({ basic }: Tuple) => (basic === 'open' ? 0 : basic === null ? 1 : 2)
  return rank(a) - rank(b) || (b.contact?.priority ?? 0) - (a.contact?.priority ?? 0)
}

/** Two documents may speak of one device: its name is its device id (RFC 4479 §3.3). */
export function composeDevices(sources: readonly Source[], ids: UniqueIds): readonly Device[] {
  const placed = newestOfEach(
    partsOf(sources, ({ document }) => document.devices),
    ({ part }) => JSON.stringify([part.deviceId, part.deviceId === null ? part.id : null]),
  )
  return placed.map(({ part }) => ({ ...part, id: ids.claim(part.id) }))
}

/** Elements beside tuples and persons: each once, however many say it. */
export function composeElements(sources: readonly Source[], ids: UniqueIds): readonly XmlElement[] {
  const placed = newestOfEach(
    partsOf(sources, ({ document }) => document.elements),
    ({ part }) => writeElement(part),
  )
  return placed.map(({ part }) => withUniqueId(part, ids))
}

function withUniqueId(element: XmlElement, ids: UniqueIds): XmlElement {
  const id = attributeOf(element, 'id')
  const free = id === null ? null : ids.claim(id)
  if (free === id) return element
  const attributes = element.attributes.map((each) => {
    return each.ns === '' && each.local === 'id' ? { ...each, value: free! } : each
  })
  return { ...element, attributes }
}
