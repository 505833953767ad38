/**
 * Presence documents as a chat reads and writes them (RFC 3863, 4479, 4480), and its words for them.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodePresence, type PresenceState, parsePresence } from '../../../src/chat/bodies/presence-body.ts'
import { PresenceBoard } from '../../../src/chat/terminal/presence-board.ts'
import { seenWords, stateOfWord, stateWords } from '../../../src/chat/terminal/presence-words.ts'
import { alice, bob, instanceId, systemNowMs } from './agent-world.ts'

const author = { aor: alice, instanceId, nowMs: systemNowMs }
const told = (state: Partial<PresenceState>): PresenceState => ({ isOpen: true, activities: [], note: null, ...state })

const document = (content: string): Buffer =>
  Buffer.from(
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" ' +
      `xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:bob@example.test">${content}</presence>`,
  )

describe('a presence document', () => {
  it('says what was put into it', () => {
    const states = fc.record({
      isOpen: fc.boolean(),
      activities: fc.constantFrom<string[]>([], ['away'], ['busy']),
      note: fc.option(fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `x${text}x`)),
    })
    fc.assert(
      fc.property(states, (state) => {
        expect(parsePresence(Buffer.from(encodePresence(state, author)))).toEqual(state)
      }),
    )
  })

  const open = '<tuple id="a"><status><basic>open</basic></status></tuple>'
  it.each<[string, string, PresenceState]>([
    [
      'one of several tuples is open (RFC 3863 §4.1.4)',
      open.replace('open', 'closed') + open.replace('"a"', '"b"'),
      told({}),
    ],
    ['no tuple', '', told({ isOpen: false })],
    [
      'activities and note of a person (RFC 4480 §3.2)',
      `${open}<dm:person id="p"><r:activities><r:on-the-phone/></r:activities><dm:note>one</dm:note></dm:person>`,
      told({ activities: ['on-the-phone'], note: 'one' }),
    ],
    [
      'activities and note of a tuple, as older clients write them',
      '<tuple id="a"><status><basic>open</basic><r:activities><r:busy/></r:activities></status>' +
        '<note>two</note></tuple>',
      told({ activities: ['busy'], note: 'two' }),
    ],
    ['a note for all services', `${open}<note>three</note>`, told({ note: 'three' })],
  ])('is read: %s', (_, content, state) => expect(parsePresence(document(content))).toEqual(state))

  it.each(['', '<presence/>', 'x'])('is none: %j', (text) => expect(parsePresence(Buffer.from(text))).toBeNull())
})

describe('words', () => {
  it.each<[PresenceState, string]>([
    [told({}), 'available'],
    [told({ isOpen: false }), 'offline'],
    [told({ activities: ['away'], note: 'lunch' }), 'away: lunch'],
    [told({ activities: ['on-the-phone', 'meeting'] }), 'on the phone, in a meeting'],
    [told({ activities: ['unknown'] }), 'available'],
    [told({ note: 'a\u001b[2J\nb' }), 'available: a\ufffd[2J b'],
    [told({ note: 'long '.repeat(40) }), `available: ${'long '.repeat(23)}long…`],
  ])('for %o', (state, words) => expect(stateWords(state)).toBe(words))

  it.each([
    [{ kind: 'pending' }, 'bob has not decided yet whether you may see how they are'],
    [{ kind: 'refused', status: 404, reason: 'Not Found' }, 'there is no bob here'],
    [{ kind: 'refused', status: 403, reason: 'Forbidden' }, 'bob does not show you how they are'],
    [{ kind: 'refused', status: 489, reason: 'Bad Event' }, 'how bob is cannot be seen here (489 Bad Event)'],
  ] as const)('for who is not seen: %o', (presence, words) => expect(seenWords('bob', presence)).toBe(words))

  it.each([
    ['open', told({ note: 'n' })],
    ['available', told({ note: 'n' })],
    ['away', told({ activities: ['away'], note: 'n' })],
    ['busy', told({ activities: ['busy'], note: 'n' })],
    ['closed', told({ isOpen: false, note: 'n' })],
    ['offline', told({ isOpen: false, note: 'n' })],
    ['dancing', null],
  ])('are states: %s', (word, state) => expect(stateOfWord(word, 'n')).toEqual(state))
})

it('what is known of people is told once, and listed by name with its time', () => {
  const board = new PresenceBoard((aor) => aor.slice(4, aor.indexOf('@')))
  const noon = new Date(2026, 2, 1, 12, 5).getTime()
  expect(board.onSeen(bob, { kind: 'told', ...told({}) }, noon)).toBe('bob is available')
  expect(board.onSeen(bob, { kind: 'told', ...told({}) }, noon + 60_000)).toBeNull()
  expect(board.onSeen(alice, { kind: 'told', ...told({ isOpen: false }) }, noon + 60_000)).toBe('alice is offline')
  expect(board.lines(noon)).toEqual(['alice is offline (since 12:06)', 'bob is available (since 12:05)'])
  expect([board.onSeen(bob, { kind: 'removed' }, noon), board.wordsOf(bob)]).toEqual([null, null])
  expect(board.wordsOf(alice)).toBe('alice is offline')
})
