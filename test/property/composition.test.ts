/**
 * Composition against a plain model and by its laws: order does not matter, nothing is lost, no id stands for two
 * things, and what was composed composes to itself.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { activitiesOf, type PresenceDocument } from '../../src/documents/index.ts'
import type { CompositionInput, CountedPublication, HardState } from '../../src/presence/composition/compose.ts'
import { writeElement } from '../../src/xml/index.ts'
import { composed, doing, hardState, openTuple, publication, published, silence } from '../support/compositions.ts'
import { anyPresenceDocument, said } from '../support/presence-documents.ts'
import { meaning } from '../support/xml-arbitraries.ts'

const deviceKey = fc.constantFrom('laptop', 'phone', null)

const publications: fc.Arbitrary<readonly CountedPublication[]> = fc
  .array(fc.tuple(fc.nat(3), deviceKey, anyPresenceDocument), { maxLength: 4 })
  .map((drawn) => drawn.map(([ms, device, document], at) => published(`k${at}`, ms, document, device)))

const hardStates: fc.Arbitrary<readonly HardState[]> = fc
  .array(fc.tuple(fc.nat(3), fc.constantFrom('administrator' as const, 'calendar' as const), anyPresenceDocument), {
    maxLength: 2,
  })
  .map((drawn) => drawn.map(([setMs, by, document], at) => ({ key: `h${at}`, by, setMs, document })))

const registered = fc.uniqueArray(
  fc.record({
    deviceKey: fc.constantFrom('laptop', 'phone', 'desk'),
    contact: fc.constantFrom('sip:bob@example.test', 'sip:bob@example.test;gr=1'),
  }),
  { selector: (each) => each.deviceKey },
)

const input: fc.Arbitrary<CompositionInput> = fc.record({
  entity: fc.constant('sip:bob@example.test'),
  publications,
  hardStates,
  registered,
})

function idsOf({ tuples, persons, devices, elements }: PresenceDocument): readonly string[] {
  const ofElements = elements.flatMap(({ attributes }) =>
    attributes.filter(({ ns, local }) => ns === '' && local === 'id').map(({ value }) => value),
  )
  return [...[...tuples, ...persons, ...devices].map(({ id }) => id), ...ofElements]
}

/** Elements that no timer of RFC 4480 takes away: everything that is drawn. */
function wordsOf(document: PresenceDocument): readonly string[] {
  return document.elements.map((each) => JSON.stringify(meaning(each)))
}

describe('composition', () => {
  it('does not depend on the order in which it hears of things', () => {
    fc.assert(
      fc.property(input, (given) => {
        const turned = {
          ...given,
          publications: given.publications.toReversed(),
          hardStates: given.hardStates.toReversed(),
          registered: given.registered.toReversed(),
        }
        expect(composed(turned)).toEqual(composed(given))
      }),
    )
  })

  it('gives a document of this user that can be read, with unique ids and one person at most', () => {
    fc.assert(
      fc.property(input, (given) => {
        const { read, summary } = composed(given)
        const ids = idsOf(read)
        expect(new Set(ids).size).toBe(ids.length)
        expect(read.entity).toBe('sip:bob@example.test')
        expect(read.tuples.length).toBeGreaterThan(0)
        expect(summary.basic === 'open').toBe(read.tuples.some(({ basic }) => basic === 'open'))
      }),
    )
  })

  it('composes what it has composed to the same', () => {
    fc.assert(
      fc.property(input, (given) => {
        // Put together anew, since a single publication goes on as it is.
        const whole = (document: PresenceDocument) =>
          composed({
            publications: [published('a', 1, document, null)],
            hardStates: [hardState('h', 'calendar', 0, '')],
          }).read
        const once = whole(composed(given).read)
        expect(said(whole(once))).toEqual(said(once))
        const twice = [published('a', 1, once, null), published('b', 2, once, null)]
        expect(said(composed({ publications: twice }).read)).toEqual(said(once))
      }),
    )
  })

  it('loses no service of the devices that speak', () => {
    fc.assert(
      fc.property(publications, (given) => {
        const newest = new Map<string, CountedPublication>()
        for (const each of given) {
          const before = newest.get(each.deviceKey ?? each.key)
          if (!before || each.publishedMs > before.publishedMs) newest.set(each.deviceKey ?? each.key, each)
        }
        const services = [...newest.values()].flatMap((each) =>
          each.document.tuples.map(({ id, contact }) => JSON.stringify([each.deviceKey, id, contact?.uri])),
        )
        const { read } = composed({ publications: given })
        expect(read.tuples).toHaveLength(Math.max(1, new Set(services).size))
      }),
    )
  })

  it('keeps what is of namespaces that nobody here knows', () => {
    fc.assert(
      fc.property(publications, hardStates, (given, hard) => {
        const { read } = composed({
          publications: given.map((each) => ({ ...each, deviceKey: null })),
          hardStates: hard,
        })
        const sent = [...given, ...hard].flatMap(({ document }) => document.elements)
        const withoutId = sent.filter(({ attributes }) => attributes.every(({ local }) => local !== 'id'))
        for (const element of withoutId) expect(wordsOf(read)).toContain(JSON.stringify(meaning(element)))
        const kinds = new Set(
          [...given, ...hard].flatMap(({ document }) =>
            document.persons.flatMap(({ elements }) => elements.map(({ ns, local }) => `${ns} ${local}`)),
          ),
        )
        const shown = new Set(read.persons.flatMap(({ elements }) => elements.map(({ ns, local }) => `${ns} ${local}`)))
        // Of activities and user input the winner may be one that says nothing.
        const always = [...kinds].filter((kind) => !/ (?:activities|user-input)$/.test(kind))
        for (const kind of always) expect(shown).toContain(kind)
      }),
    )
  })

  it('gives back what a single device has published, byte for byte', () => {
    fc.assert(
      fc.property(anyPresenceDocument, (document) => {
        const only = published('a', 1, document)
        fc.pre(document.tuples.length > 0)
        expect(composed({ publications: [only] }).document).toBe(only.bytes)
      }),
    )
  })
})

describe('the winning activity', () => {
  const words = ['', 'away', 'away idle', 'busy', 'meeting', 'on-the-phone', 'lunch', 'unknown'] as const
  const who = fc.constantFrom('device' as const, 'administrator' as const, 'calendar' as const)
  const speakers = fc.uniqueArray(fc.tuple(fc.nat(20), who, fc.constantFrom(...words)), {
    minLength: 1,
    maxLength: 5,
    selector: ([ms]) => ms,
  })

  /** The table in other words than the code's. */
  function model(given: readonly (readonly [number, string, string])[]): string | null {
    const machines: readonly string[] = ['', 'on-the-phone', 'unknown', 'away idle']
    const newestFirst = given.toSorted(([a], [b]) => b - a)
    const byHand = newestFirst.find(
      ([, by, word]) => by === 'administrator' || (by === 'device' && !machines.includes(word)),
    )
    if (byHand) return byHand[2] || null
    const order = [['on-the-phone'], ['meeting', 'busy'], ['lunch'], [''], ['away', 'away idle', 'unknown']]
    for (const level of order) {
      const winner = newestFirst.find(([, , word]) => level.includes(word))
      if (winner) return winner[2] || null
    }
    return null
  }

  it('is the one of the table', () => {
    fc.assert(
      fc.property(speakers, (given) => {
        const bodies = given.map(([ms, by, word]) => ({ key: `${ms}`, ms, by, body: openTuple + doing(word) }))
        const { read } = composed({
          ...silence,
          publications: bodies
            .filter(({ by }) => by === 'device')
            .map(({ key, ms, body }) => publication(key, ms, body)),
          hardStates: bodies.flatMap(({ key, ms, by, body }) => (by === 'device' ? [] : hardState(key, by, ms, body))),
        })
        const wanted = model(given)?.replace(' idle', '') ?? null
        expect(activitiesOf(read.persons[0]!.elements)[0] ?? null).toBe(wanted)
      }),
      { numRuns: 500 },
    )
  })
})

it('writes elements as they came', () => {
  const body = `${openTuple}<v:x xmlns:v="urn:v" v:a="1">t<v:y/></v:x>`
  const { read } = composed({ publications: [publication('a', 1, body), publication('b', 2, openTuple)] })
  expect(read.elements.map((each) => writeElement(each))).toEqual(['<v:x xmlns:v="urn:v" v:a="1">t<v:y/></v:x>'])
})
