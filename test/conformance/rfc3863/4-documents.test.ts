/**
 * RFC 3863: what a presence document says, and which documents are none.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { basicOf, writePidf } from '../../../src/documents/index.ts'
import { pidfFault, presence, presenceDocument } from '../../support/presence-documents.ts'

const twoWays = presence(`
  <tuple id="bs35r9">
    <status><basic>open</basic><im:im xmlns:im="urn:test:im">busy</im:im></status>
    <contact priority="0.8">im:someone@mobile.example.test</contact>
    <note xml:lang="en">Don't disturb, please!</note>
    <note xml:lang="fr">Ne derangez pas, s'il vous plait</note>
    <timestamp>2026-10-27T16:49:29.5+02:00</timestamp>
  </tuple>
  <tuple id="eg92n8"><status><basic>closed</basic></status><contact>mailto:someone@example.test</contact></tuple>
  <note>I am away next week</note>`)

describe('RFC 3863 documents', () => {
  it('§4.1: a document is tuples, notes and extensions of an entity', () => {
    const document = presenceDocument(twoWays)
    expect(document.entity).toBe('pres:someone@example.test')
    expect(document.tuples.map(({ id, basic }) => [id, basic])).toEqual([
      ['bs35r9', 'open'],
      ['eg92n8', 'closed'],
    ])
    expect(document.notes).toEqual([{ language: null, text: 'I am away next week' }])
    expect(document.tuples[0]).toMatchObject({
      contact: { uri: 'im:someone@mobile.example.test', priority: 0.8 },
      notes: [
        { language: 'en', text: "Don't disturb, please!" },
        { language: 'fr', text: "Ne derangez pas, s'il vous plait" },
      ],
      timestampMs: Date.UTC(2026, 9, 27, 14, 49, 29, 500),
    })
    expect(document.tuples[0]!.statusElements).toMatchObject([{ ns: 'urn:test:im', local: 'im' }])
  })

  it('§4.1.4: somebody is open who is open in one way', () => {
    expect(basicOf(presenceDocument(twoWays))).toBe('open')
    expect(basicOf(presenceDocument(presence('<tuple id="a"><status/></tuple>')))).toBeNull()
    expect(basicOf(presenceDocument(presence('')))).toBeNull()
  })

  it('§4.1.5: a priority is 0 to 1 with at most three decimals, and else is as if it were not there', () => {
    const priorityOf = (written: string) =>
      presenceDocument(presence(`<tuple id="a"><status/><contact priority="${written}">x:y</contact></tuple>`))
        .tuples[0]!.contact!.priority
    expect(['0', '1', '1.000', '0.5', '0.125', ' 0.5 '].map(priorityOf)).toEqual([0, 1, 1, 0.5, 0.125, 0.5])
    expect(['1.001', '2', '-0', '0.1234', '', 'high', '1e-1'].map(priorityOf)).toEqual(Array(7).fill(null))
  })

  it.each([
    ['no XML', 'hello', 'not-well-formed'],
    ['another root', '<presence entity="a:b"/>', 'no-presence'],
    ['no entity', presence('', ''), 'no-entity'],
    ['a tuple without id', presence('<tuple><status/></tuple>'), 'bad-tuple'],
    ['an empty id', presence('<tuple id=" "><status/></tuple>'), 'bad-tuple'],
    ['no status', presence('<tuple id="a"/>'), 'bad-tuple'],
    ['two of them', presence('<tuple id="a"><status/><status/></tuple>'), 'bad-tuple'],
    ['a third basic', presence('<tuple id="a"><status><basic>ajar</basic></status></tuple>'), 'bad-basic'],
    [
      'two basics',
      presence('<tuple id="a"><status><basic>open</basic><basic>open</basic></status></tuple>'),
      'bad-basic',
    ],
    ['no time', presence('<tuple id="a"><status/><timestamp>now</timestamp></tuple>'), 'bad-timestamp'],
    [
      'a day that no month has',
      presence('<tuple id="a"><status/><timestamp>2026-02-30T10:00:00Z</timestamp></tuple>'),
      'bad-timestamp',
    ],
    ['the same id twice', presence('<tuple id="a"><status/></tuple><tuple id="a"><status/></tuple>'), 'duplicate-id'],
    ['a DTD', `<!DOCTYPE presence>${presence('').slice(39)}`, 'dtd'],
    ['too much of it', presence(' '.repeat(600_000)), 'too-large'],
  ])('is refused with a word: %s', (_, text, fault) => expect(pidfFault(text)).toBe(fault))

  it('§4.2.5: is written in UTF-8, small, and with what others have added', () => {
    const bytes = writePidf(presenceDocument(twoWays))
    expect(presenceDocument(bytes)).toEqual(presenceDocument(twoWays))
    expect(Buffer.from(bytes).toString()).toContain('priority="0.8"')
    expect(bytes.length).toBeLessThan(900)
  })

  it('§4.1.7: leap seconds, fractions and missing zones are understood', () => {
    const timeOf = (written: string) =>
      presenceDocument(presence(`<tuple id="a"><status/><timestamp>${written}</timestamp></tuple>`)).tuples[0]!
        .timestampMs
    expect(timeOf('2026-12-31T23:59:60Z')).toBe(Date.UTC(2026, 11, 31, 23, 59, 59, 999))
    expect(timeOf('2026-12-31T23:59:59.123456Z')).toBe(Date.UTC(2026, 11, 31, 23, 59, 59, 123))
    expect(timeOf('2026-12-31t23:59:59z')).toBe(Date.UTC(2026, 11, 31, 23, 59, 59))
    expect(timeOf('2026-12-31T23:59:59')).toBe(Date.UTC(2026, 11, 31, 23, 59, 59))
  })
})
