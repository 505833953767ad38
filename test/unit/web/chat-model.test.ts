/**
 * The web client without a browser: conversations and marks, what a MESSAGE means (RFC 3428, 3862, 3994, 5438),
 * presence of one and of a list (RFC 3863, 4480, 4662, 5196), links, names.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, contactsAddress, shortName } from '../../../src/web/chat-model/addresses.ts'
import { backOffMs } from '../../../src/web/chat-model/back-off.ts'
import { composingBody, composingStep, notComposing, readComposing } from '../../../src/web/chat-model/composing.ts'
import { askingText, notificationBody, readCpim } from '../../../src/web/chat-model/cpim.ts'
import { type Arrived, understand } from '../../../src/web/chat-model/incoming.ts'
import { piecesOf } from '../../../src/web/chat-model/links.ts'
import { readListNotify } from '../../../src/web/chat-model/list-notify.ts'
import { advanced, type Mark, markOfStatus } from '../../../src/web/chat-model/marks.ts'
import { readPidf, writePidf } from '../../../src/web/chat-model/pidf.ts'
import { readContacts } from '../../../src/web/chat-model/resource-lists.ts'
import {
  type ChatEvent,
  type ChatMessage,
  initialState,
  reduce,
  shownMessagesMax,
  unreadTotal,
} from '../../../src/web/chat-model/state.ts'
import { parse } from './xml-tree.ts'

const alice = 'sip:alice@example.test'
const bob = 'sip:bob@example.test'
const envelope = { from: bob, to: alice, nowMs: 1_700_000_000_000, messageId: 'id-1' }

function message(id: string, more: Partial<ChatMessage> = {}): ChatMessage {
  const plain = { peer: bob, isOwn: false, text: id, mark: 'delivered', reason: null, isUnread: true } as const
  return { id, ...plain, atMs: 1, wantsRead: null, ...more }
}

function stateAfter(...events: readonly ChatEvent[]) {
  return events.reduce(reduce, initialState(alice))
}

describe('marks', () => {
  const marks: readonly Mark[] = ['sending', 'failed', 'stored', 'delivered', 'read']

  it('never take back what was said', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...marks), { maxLength: 12 }), (told) => {
        let mark: Mark = 'sending'
        for (const each of told) {
          const before = mark
          mark = advanced(mark, each)
          if (before === 'read') expect(mark).toBe('read')
          if (before === 'delivered' || before === 'stored') expect(['sending', 'failed']).not.toContain(mark)
        }
      }),
    )
  })

  it('are 200 delivered, 202 stored, all else not sent', () => {
    expect([200, 202, 404, 503].map(markOfStatus)).toEqual(['delivered', 'stored', 'failed', 'failed'])
    expect(advanced('failed', 'sending')).toBe('sending')
    expect(advanced('stored', 'delivered')).toBe('delivered')
  })
})

describe('conversations', () => {
  it('are in the order of time, each message once, whatever the order of arrival', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { maxLength: 30 })
    fc.assert(
      fc.property(ids, fc.array(fc.nat(), { maxLength: 10 }), (times, again) => {
        const events = [...times, ...again.flatMap((at) => times[at % (times.length || 1)] ?? [])]
        const state = stateAfter(
          ...events.map((at) => ({ kind: 'message', message: message(`m${at}`, { atMs: at }) }) as const),
        )
        const shown = state.conversations[bob]?.messages.map(({ atMs }) => atMs) ?? []
        expect(shown).toEqual([...times].sort((a, b) => a - b))
      }),
    )
  })

  it('count what is unread, until it is read', () => {
    const told = [message('a'), message('b', { isOwn: true, isUnread: false }), message('c')]
    const events = told.map((each) => ({ kind: 'message', message: each }) as const)
    expect(unreadTotal(stateAfter(...events))).toBe(2)
    expect(unreadTotal(stateAfter(...events, { kind: 'read', peer: bob }))).toBe(0)
  })

  it('are bounded', () => {
    const messages = Array.from({ length: shownMessagesMax + 5 }, (_, at) => message(`m${at}`, { atMs: at }))
    const shown = stateAfter({ kind: 'history', messages }).conversations[bob]!.messages
    expect([shown.length, shown[0]!.id]).toEqual([shownMessagesMax, 'm5'])
  })

  it('end typing with the message (RFC 3994 §3.3), and with the connection', () => {
    const typing = { kind: 'typing', peer: bob, isTyping: true } as const
    const isTyping = (...events: readonly ChatEvent[]) => stateAfter(typing, ...events).conversations[bob]!.isTyping
    expect(isTyping()).toBe(true)
    expect(isTyping({ kind: 'message', message: message('a') })).toBe(false)
    expect(isTyping({ kind: 'message', message: message('a', { isOwn: true }) })).toBe(true)
    expect(isTyping({ kind: 'connection', connection: { kind: 'waiting', untilMs: 0, reason: '' } })).toBe(false)
  })

  it('mark own messages only', () => {
    const mark = { kind: 'mark', peer: bob, id: 'a', mark: 'read', reason: null } as const
    expect(stateAfter({ kind: 'message', message: message('a') }, mark).conversations[bob]!.messages[0]!.mark).toBe(
      'delivered',
    )
  })
})

describe('what a MESSAGE means', () => {
  const arrived = (contentType: string, body: string, from = bob): Arrived => {
    return { from, contentType, body, id: 'call 1', accept: '', dateMs: null }
  }
  const meant = (contentType: string, body: string, from = bob) =>
    understand(arrived(contentType, body, from), alice, parse)

  it('text is text, whatever is in it', () => {
    expect(meant('text/plain;charset=UTF-8', '<b>')).toMatchObject({
      kind: 'text',
      text: '<b>',
      peer: bob,
      isOwn: false,
    })
  })

  it('an envelope that asks is text with an id (RFC 5438 §7.1)', () => {
    const read = meant('message/cpim', askingText('grün 你好', envelope))
    expect(read).toMatchObject({ kind: 'text', text: 'grün 你好', id: 'id-1', atMs: envelope.nowMs })
    expect(read).toMatchObject({ asks: ['positive-delivery', 'display'] })
  })

  it('a notification names the message (RFC 5438 §7.2)', () => {
    const wrapped = notificationBody('displayed', 'id-7', envelope)
    expect(meant('message/cpim', wrapped)).toEqual({ kind: 'notification', messageId: 'id-7', mark: 'read' })
    const delivered = notificationBody('delivered', 'a&<"', envelope)
    expect(meant('message/cpim', delivered)).toEqual({ kind: 'notification', messageId: 'a&<"', mark: 'delivered' })
  })

  it('the envelope does not say who it is from, unless it is a copy of one’s own', () => {
    const lie = askingText('hello', { ...envelope, from: 'sip:boss@example.test' })
    expect(meant('message/cpim', lie)).toMatchObject({ peer: bob, isOwn: false })
    const copy = askingText('hello', { ...envelope, from: alice, to: bob })
    expect(meant('message/cpim', copy, alice)).toMatchObject({ kind: 'text', peer: bob, isOwn: true, text: 'hello' })
  })

  it('what cannot be read is refused, and nothing nests without end', () => {
    expect(meant('application/pdf', 'x')).toEqual({ kind: 'unreadable' })
    expect(meant('message/cpim', 'no header')).toEqual({ kind: 'unreadable' })
    expect(meant('application/im-iscomposing+xml', '<a>')).toEqual({ kind: 'unreadable' })
    let nested = 'deep'
    for (let depth = 0; depth < 6; depth++) nested = `From: <${bob}>\r\n\r\nContent-Type: message/cpim\r\n\r\n${nested}`
    expect(meant('message/cpim', nested)).toEqual({ kind: 'unreadable' })
  })

  it('no body at all ends the client', () => {
    const types = [
      'text/plain',
      'message/cpim',
      'message/imdn+xml',
      'application/im-iscomposing+xml',
      'multipart/mixed',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.string({ unit: 'binary' }), (type, body) => void meant(type, body)),
    )
    fc.assert(fc.property(fc.string(), (body) => void readCpim(body)))
  })
})

describe('typing (RFC 3994)', () => {
  it('is said at the first key, again each minute, and taken back after 15 s or when the field is emptied', () => {
    let state = notComposing
    const step = (input: 'key' | 'emptied' | 'sent' | 'tick', atMs: number) => {
      const next = composingStep(state, input, atMs)
      state = next.state
      return next.notice
    }
    expect([step('key', 0), step('key', 5_000), step('tick', 15_000), step('tick', 20_000)]).toEqual([
      'active',
      null,
      null,
      'idle',
    ])
    expect([step('key', 30_000), step('key', 90_000), step('emptied', 91_000), step('emptied', 92_000)]).toEqual([
      'active',
      'active',
      'idle',
      null,
    ])
    expect([step('key', 100_000), step('sent', 101_000), step('tick', 200_000)]).toEqual(['active', null, null])
  })

  it('is believed for as long as it says, and a state that nobody knows is idle (§3.2)', () => {
    expect(readComposing(parse(composingBody('active')))).toBe(65_000)
    expect(readComposing(parse(composingBody('idle')))).toBe(0)
    const body = (inner: string) => `<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing">${inner}</isComposing>`
    expect(readComposing(parse(body('<state>active</state>')))).toBe(120_000)
    expect(readComposing(parse(body('<state>dancing</state>')))).toBe(0)
    expect(readComposing(parse('<other/>'))).toBeNull()
  })
})

describe('presence', () => {
  const own = { choice: 'available', isIdle: false, note: '' } as const
  const author = { account: alice, device: 'dev', nowMs: 0 }

  it('is read as it is written', () => {
    const seen = (more: object) => readPidf(parse(writePidf({ ...own, ...more }, author)))
    expect(seen({})).toEqual({ availability: 'available', note: null, readsNotifications: true })
    expect(seen({ choice: 'busy', note: '<&"' })).toMatchObject({ availability: 'busy', note: '<&"' })
    expect(seen({ isIdle: true })).toMatchObject({ availability: 'away' })
    expect(seen({ isIdle: true, choice: 'busy' })).toMatchObject({ availability: 'busy' })
    expect(readPidf(parse('<presence xmlns="urn:ietf:params:xml:ns:pidf"/>'))).toMatchObject({
      availability: 'offline',
    })
    expect(readPidf(parse('<nothing/>'))).toBeNull()
  })

  it('of a list is read by RLMI and the parts that it names (RFC 4662 §5)', () => {
    const rlmi =
      '<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:alice+contacts@example.test" version="1" fullState="true">' +
      `<resource uri="${bob}"><instance id="1" state="active" cid="b@x"/></resource>` +
      '<resource uri="sip:carol@example.test"><instance id="1" state="pending"/></resource>' +
      '<resource uri="sip:dan@example.test"><instance id="1" state="terminated" reason="rejected"/></resource>' +
      '<resource uri="sip:eve@example.test"/></list>'
    const pidf = writePidf({ ...own, choice: 'busy' }, { ...author, account: bob })
    const part = (id: string, type: string, body: string) =>
      `--bound\r\nContent-ID: <${id}>\r\nContent-Type: ${type};charset=UTF-8\r\n\r\n${body}\r\n`
    const parts = [part('root', 'application/rlmi+xml', rlmi), part('b@x', 'application/pidf+xml', pidf)]
    const body = `${parts.join('')}--bound--\r\n`
    const read = readListNotify('multipart/related;type="application/rlmi+xml";boundary="bound"', body, parse)
    expect(read?.isFull).toBe(true)
    expect(Object.values(read!.of).map(({ availability }) => availability)).toEqual([
      'busy',
      'pending',
      'refused',
      'unknown',
    ])
    expect(readListNotify('text/plain', body, parse)).toBeNull()
  })

  it('contacts are those of all lists, each once', () => {
    const list =
      '<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a">' +
      `<entry uri="${bob}"><display-name>Bob &lt;b&gt;</display-name></entry>` +
      '<list><entry uri="SIP:Carol@example.test"/>' +
      `</list></list><list name="b"><entry uri="${bob}"/><entry uri="tel:+1"/></list></resource-lists>`
    expect(readContacts(parse(list))).toEqual([
      { address: bob, name: 'Bob <b>' },
      { address: 'sip:carol@example.test', name: null },
    ])
  })
})

describe('links', () => {
  it('are http and https only, and the text stays whole', () => {
    const hrefs = (text: string) => piecesOf(text).flatMap(({ href }) => href ?? [])
    expect(hrefs('see https://example.org/a_(b). or (http://example.org/x)')).toEqual([
      'https://example.org/a_(b)',
      'http://example.org/x',
    ])
    expect(hrefs('javascript:alert(1) data:text/html,x file:///etc/passwd ftp://example.org')).toEqual([])
    expect(hrefs('https://bank.example@evil.example/')).toEqual([])
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const pieces = piecesOf(`${text} http://a.example/${text}`)
        expect(pieces.map((each) => each.text).join('')).toBe(`${text} http://a.example/${text}`)
        for (const { href } of pieces) if (href !== null) expect(href).toMatch(/^https?:\/\//)
      }),
    )
  })
})

describe('names', () => {
  it('are addresses of the domain, however they are typed', () => {
    for (const typed of ['bob', ' Bob ', 'bob@example.test', 'sip:bob@example.test', '<sip:Bob@example.test;x=y>'])
      expect(addressOf(typed, 'example.test')).toBe(bob)
    for (const typed of ['', 'a b', 'bob@', '@x', '"><img', 'bob@exa mple'])
      expect(addressOf(typed, 'example.test')).not.toBe(bob)
    for (const typed of ['', 'no name', 'a <b', 'a@b@c']) expect(addressOf(typed, 'example.test')).toBeNull()
    expect([shortName(bob, 'example.test'), shortName(bob, 'other.test')]).toEqual(['bob', 'bob@example.test'])
    expect(contactsAddress(alice)).toBe('sip:alice+contacts@example.test')
  })

  it('and attempts to connect grow apart, by chance, to half a minute', () => {
    expect([1, 2, 5, 99].map((failures) => backOffMs(failures, 1))).toEqual([1_000, 2_000, 16_000, 30_000])
    expect(backOffMs(1, 0)).toBe(500)
  })
})
