/**
 * The rows of docs/presence-composition.md, one by one.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { composed, doing, hardState, nowMs, openTuple, publication } from '../../support/compositions.ts'

const activityOf = (...bodies: readonly string[]) =>
  composed({ publications: bodies.map((body, age) => publication(`d${age}`, nowMs - age, openTuple + body)) }).summary
    .activity

describe('of several publications', () => {
  it('the newest of a device speaks', () => {
    const { read } = composed({
      publications: [
        publication('a', 1, `${openTuple}<note>old</note>`, 'laptop'),
        publication('b', 2, `${openTuple}<note>new</note>`, 'laptop'),
      ],
    })
    expect(read.tuples).toHaveLength(1)
    expect(read.notes.map(({ text }) => text)).toEqual(['new'])
  })

  it('a single one goes on byte for byte', () => {
    const only = publication('a', 1, `${openTuple}<x xmlns="urn:x">  <!-- kept --></x>`)
    expect(composed({ publications: [only] }).document).toBe(only.bytes)
  })

  it('services of all devices are shown, open ones first, each with an id of its own', () => {
    const closed = '<tuple id="t1"><status><basic>closed</basic></status></tuple>'
    const preferred = '<tuple id="t1"><status><basic>open</basic></status><contact priority="0.9">x:y</contact></tuple>'
    const { read, summary } = composed({
      publications: [publication('a', 3, closed), publication('b', 2, openTuple), publication('c', 1, preferred)],
    })
    expect(read.tuples.map(({ id, basic }) => [id, basic])).toEqual([
      ['t1-3', 'open'],
      ['t1-2', 'open'],
      ['t1', 'closed'],
    ])
    expect(summary.basic).toBe('open')
  })

  it('the same service of an unknown device is one service, the newest', () => {
    const service = (note: string) =>
      openTuple.replace('</tuple>', `<contact>sip:bob@example.test</contact><note>${note}</note></tuple>`)
    const publications = [publication('a', 1, service('old'), null), publication('b', 2, service('new'), null)]
    expect(composed({ publications }).read.tuples).toMatchObject([{ id: 't1', notes: [{ text: 'new' }] }])
  })

  it('devices that two of them name are named once', () => {
    const device = (id: string, note: string) =>
      `<dm:device id="${id}"><dm:deviceID>urn:uuid:1</dm:deviceID><dm:note>${note}</dm:note></dm:device>`
    const publications = [publication('a', 1, device('d', 'old')), publication('b', 2, device('e', 'new'))]
    expect(composed({ publications }).read.devices).toMatchObject([{ id: 'e', notes: [{ text: 'new' }] }])
  })
})

describe('of elements that nobody here knows', () => {
  const unknown = (id: string) => `<x xmlns="urn:x" id="${id}"><y/></x>`

  it('each is kept, once, and no id stands for two things', () => {
    const publications = [
      publication('a', 1, unknown('t1') + unknown('u')),
      publication('b', 2, openTuple + unknown('u') + unknown('u').replace('<y/>', '').replace('"u"', '"v"')),
      publication('c', 3, `<z xmlns="urn:x" id="u"/>`),
    ]
    const { read } = composed({ publications })
    const ids = read.elements.map(({ local, attributes }) => [
      local,
      attributes.find((each) => each.local === 'id')?.value,
    ])
    expect(ids).toEqual([
      ['x', 't1'],
      ['x', 'u'],
      ['x', 'v'],
      ['z', 'u-2'],
    ])
    expect(read.tuples.map(({ id }) => id)).toEqual(['t1-2'])
  })
})

describe('of activities', () => {
  // The first is the newest.
  it.each([
    ['by hand over by machine', ['on-the-phone', 'busy'], 'busy'],
    ['by hand over newer and free', ['', 'lunch'], 'lunch'],
    ['newer over older, both by hand', ['away', 'busy'], 'away'],
    ['busy over free, where machines speak', ['', 'on-the-phone'], 'on-the-phone'],
    ['free over away', ['away idle', ''], null],
    ['newer over older, where machines are equally busy', ['away idle', 'unknown'], 'away'],
    ['the busiest word of one document', ['lunch on-the-phone'], 'on-the-phone'],
  ])('%s', (_, activities, winner) => expect(activityOf(...activities.map((each) => doing(each)))).toBe(winner))

  it('a document without a person says nothing', () => {
    expect(activityOf('', doing('away idle'))).toBe('away')
  })

  it('the name of the publication decides where all else is equal', () => {
    const words = [openTuple + doing('unknown'), openTuple + doing('away idle')]
    const [one, other] = [words, words.toReversed()].map((each) =>
      composed({ publications: each.map((text, at) => publication('ab'[at]!, 5, text)) }),
    )
    expect([one!.summary.activity, other!.summary.activity]).toEqual(['unknown', 'away'])
  })

  it('user input is active where one device is in use, else that of the last use', () => {
    const input = (state: string, minute: string) =>
      `<dm:person id="p"><r:user-input last-input="2026-05-05T11:${minute}:00Z">${state}</r:user-input></dm:person>`
    const of = (...inputs: string[]) =>
      JSON.stringify(
        composed({ publications: inputs.map((each, at) => publication(`${at}`, at, each)) }).read.persons[0],
      )
    expect(of(input('active', '10'), input('idle', '30'))).toContain('11:10')
    expect(of(input('idle', '30'), input('idle', '10'))).toContain('11:30')
  })
})

describe('hard state', () => {
  it('of an administrator is by hand', () => {
    const publications = [publication('a', 1, openTuple + doing('on-the-phone'))]
    const hardStates = [hardState('h', 'administrator', 0, doing('vacation'))]
    expect(composed({ publications, hardStates }).summary).toEqual({ basic: 'open', activity: 'vacation' })
  })

  it('gives way to what the user has said later', () => {
    const publications = [publication('a', 1, openTuple + doing('busy'))]
    expect(
      composed({ publications, hardStates: [hardState('h', 'administrator', 0, doing('vacation'))] }).summary.activity,
    ).toBe('busy')
  })

  it('of a calendar is a machine: busy over free, but not over what was said by hand', () => {
    const hardStates = [hardState('h', 'calendar', 9, doing('meeting'))]
    const with_ = (activity: string) =>
      composed({ publications: [publication('a', 1, openTuple + doing(activity))], hardStates }).summary.activity
    expect([with_(''), with_('away idle'), with_('on-the-phone'), with_('lunch')]).toEqual([
      'meeting',
      'meeting',
      'on-the-phone',
      'lunch',
    ])
  })

  it('speaks of services only where no device does', () => {
    const closed = '<tuple id="h"><status><basic>closed</basic></status></tuple>'
    const hardStates = [hardState('h', 'administrator', 9, closed)]
    expect(composed({ hardStates }).read.tuples.map(({ id }) => id)).toEqual(['h'])
    expect(composed({ hardStates, publications: [publication('a', 1, openTuple)] }).read.tuples).toHaveLength(1)
  })
})

describe('without publications', () => {
  it('a registered user is open, by each contact', () => {
    const device = (deviceKey: string, contact: string) => ({ deviceKey, contact })
    const registered = [device('b', 'sip:x'), device('a', 'sip:y'), device('c', 'sip:x')]
    const { read, summary } = composed({ registered })
    expect(read.tuples.map(({ basic, contact }) => [basic, contact?.uri])).toEqual([
      ['open', 'sip:y'],
      ['open', 'sip:x'],
    ])
    expect(summary).toEqual({ basic: 'open', activity: null })
  })

  it('one who is not registered is closed, and nobody is told since when', () => {
    expect(composed({}).read.tuples).toMatchObject([{ basic: 'closed', timestampMs: null }])
  })

  it('one of whom only a person is published is as the registration says', () => {
    const publications = [publication('a', 1, doing('busy'), null)]
    expect(composed({ publications }).summary).toEqual({ basic: 'closed', activity: 'busy' })
  })
})

describe('what holds for a time', () => {
  const timed = (kind: string, from: string, until: string) =>
    `${openTuple}<dm:person id="p"><r:${kind} from="2026-05-05T${from}:00Z" until="2026-05-05T${until}:00Z">` +
    `<r:meeting/></r:${kind}></dm:person>`

  it('is shown in its time, and the end of it is known', () => {
    const publications = [publication('a', 1, timed('activities', '11:00', '13:00'))]
    const during = composed({ publications })
    expect(during.summary.activity).toBe('meeting')
    expect(during.changesAtMs).toBe(Date.UTC(2026, 4, 5, 13))
    const after = composed({ publications }, Date.UTC(2026, 4, 5, 13))
    expect([after.summary.activity, after.changesAtMs]).toEqual([null, null])
    const before = composed({ publications }, Date.UTC(2026, 4, 5, 10))
    expect([before.summary.activity, before.changesAtMs]).toEqual([null, Date.UTC(2026, 4, 5, 11)])
    expect(Buffer.from(before.document).toString()).not.toContain('meeting')
  })

  it('is shown before it where telling the future is the point (RFC 4481)', () => {
    const status =
      '<ts:timed-status from="2026-05-06T00:00:00Z" until="2026-05-07T00:00:00Z">' +
      '<ts:basic>closed</ts:basic></ts:timed-status>'
    const publications = [publication('a', 1, openTuple.replace('</tuple>', `${status}</tuple>`))]
    expect(Buffer.from(composed({ publications }).document).toString()).toContain('timed-status')
    expect(Buffer.from(composed({ publications }, Date.UTC(2026, 4, 8)).document).toString()).not.toContain(
      'timed-status',
    )
  })
})
