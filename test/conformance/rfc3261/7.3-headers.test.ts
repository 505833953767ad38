/**
 * RFC 3261 §7.3: header fields, their format, folding, lists and compact forms.
 */
import { describe, expect, it } from 'vitest'
import { encodeResponse } from '../../../src/sip/message/encode.ts'
import { HeaderId, headerIdOf, headerName } from '../../../src/sip/message/header-id.ts'
import { splitList } from '../../../src/sip/message/list.ts'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import { judged, request, requestBytes } from '../../support/requests.ts'

describe('RFC 3261 §7.3.1 header field format', () => {
  it('takes names in any case', () => {
    const message = request({ headers: { 'Call-ID': null }, lines: ['cAlL-iD: abc'] })
    expect([message.callId, message.first(HeaderId.callId), message.named('CALL-id')]).toEqual(['abc', 'abc', 'abc'])
  })

  it.each(['Subject:x', 'Subject: x', 'Subject : x', 'Subject\t :\t x \t', 'Subject:\r\n x', 'Subject: \r\n\t x\r\n '])(
    'takes blanks around colon and value: %j',
    (line) => expect(request({ lines: [line] }).named('subject')).toBe('x'),
  )

  it('makes one space of a fold and the blanks around it', () => {
    const message = request({ lines: ['Subject: I know \t\r\n \t you are there,\r\n pick up\r\n\tthe phone'] })
    expect(message.first(HeaderId.subject)).toBe('I know you are there, pick up the phone')
  })

  it('takes a value of blanks as empty', () =>
    expect(request({ lines: ['Subject: \r\n  '] }).named('subject')).toBe(''))

  it('reads UTF-8', () => expect(request({ lines: ['Subject: grüße 大停電'] }).named('subject')).toBe('grüße 大停電'))

  it('keeps the order of lines and all of their values', () => {
    const message = request({ lines: ['Route: <sip:a;lr>, <sip:b;lr>', 'X-Other: 1', 'Route: <sip:c;lr>'] })
    expect(message.all(HeaderId.route)).toEqual(['<sip:a;lr>, <sip:b;lr>', '<sip:c;lr>'])
    expect(message.values(HeaderId.route)).toEqual(['<sip:a;lr>', '<sip:b;lr>', '<sip:c;lr>'])
    expect(message.headerAt(message.headersCount - 1)).toEqual({
      id: HeaderId.route,
      name: 'Route',
      value: '<sip:c;lr>',
    })
  })

  it('finds unknown headers by name, and only whole names', () => {
    const message = request({ lines: ['X-Thing: 1', 'X-Thin: 2', 'x-thing: 3'] })
    expect([message.named('x-thin'), message.named('X-THING'), message.named('X-Thi')]).toEqual(['2', '1', null])
    expect([message.has(HeaderId.subject), message.first(HeaderId.subject)]).toEqual([false, null])
  })

  it.each([
    ['no colon', 'Nonsense'],
    ['no name', ': value'],
    ['a blank in the name', 'Bad Name: value'],
    ['a character that no token has', 'Bad(Name): value'],
    ['UTF-8 in the name', 'Bäd: value'],
    ['a fold before the colon', 'Subject\r\n : x'],
  ])('answers 400 to a line with %s', (_, line) => {
    expect(judged(requestBytes({ lines: [line] }))).toBe('400 parse.header-malformed')
  })

  it('answers 400 when the first header line is folded', () => {
    expect(judged(requestBytes({ startLine: 'MESSAGE sip:b@c SIP/2.0\r\n folded' }))).toBe('400 parse.header-malformed')
  })

  it.each(['Subject: a\nRoute: <sip:evil.test>', 'Subject: a\rb', 'Subject: a\n b', 'Subject: a\r\r\n b'])(
    'answers 400 to a line end that others may see and we do not: %j',
    (line) => expect(judged(requestBytes({ lines: [line] }))).toBe('400 parse.line-end-malformed'),
  )

  it('keeps a broken line out of the answer, and out of all that reads the message', () => {
    const { message } = parseMessage(
      requestBytes({ lines: ['Via: SIP/2.0/UDP a\nRoute: <sip:evil.test>', 'Via: SIP/2.0/UDP b'] }),
    )
    expect(message?.all(HeaderId.via)).toEqual([
      'SIP/2.0/TCP client.example.test:5062;branch=z9hG4bK74bf9',
      'SIP/2.0/UDP b',
    ])
    expect(encodeResponse(message!, 400, { received: '192.0.2.1' }).includes('evil')).toBe(false)
  })

  it('answers 400 when the datagram ends before the headers do', () => {
    const bytes = requestBytes()
    for (let length = bytes.indexOf('CSeq'); length < bytes.length; length++) {
      expect(judged(bytes.subarray(0, length)), `${length} bytes`).toMatch(/^400 parse\.(head-unfinished|line-end)/)
    }
  })
})

describe('RFC 3261 §7.3.1 comma lists', () => {
  it.each([
    ['a, b ,c', ['a', 'b', 'c']],
    ['one', ['one']],
    ['', []],
    [' , a,, b, ', ['a', 'b']],
    ['"a, b" <sip:x>, <sip:y,z>;q=1', ['"a, b" <sip:x>', '<sip:y,z>;q=1']],
    ['"a \\", b", c', ['"a \\", b"', 'c']],
    ['"a \\\\", c', ['"a \\\\"', 'c']],
    ['a, "never closed, b', ['a', '"never closed, b']],
    ['<sip:a, b', ['<sip:a, b']],
  ])('splits %j', (text, values) => expect(splitList(text)).toEqual(values))
})

describe('RFC 3261 §7.3.3 compact forms', () => {
  it.each([
    ['a', 'Accept-Contact'],
    ['b', 'Referred-By'],
    ['c', 'Content-Type'],
    ['d', 'Request-Disposition'],
    ['e', 'Content-Encoding'],
    ['f', 'From'],
    ['i', 'Call-ID'],
    ['j', 'Reject-Contact'],
    ['k', 'Supported'],
    ['l', 'Content-Length'],
    ['m', 'Contact'],
    ['n', 'Identity-Info'],
    ['o', 'Event'],
    ['r', 'Refer-To'],
    ['s', 'Subject'],
    ['t', 'To'],
    ['u', 'Allow-Events'],
    ['v', 'Via'],
    ['x', 'Session-Expires'],
    ['y', 'Identity'],
  ])('%s is %s, in either case', (letter, name) => {
    expect(headerName(headerIdOf(letter))).toBe(name)
    expect(headerIdOf(letter.toUpperCase())).toBe(headerIdOf(name))
    const message = request({
      lines: letter === 'l' || /[fimtv]/.test(letter) ? [] : [`${letter.toUpperCase()}: here`],
    })
    if (message.has(headerIdOf(name)) && !/[fimltv]/.test(letter)) expect(message.named(name)).toBe('here')
  })

  it('other letters are unknown headers', () => {
    expect([headerIdOf('g'), headerIdOf('z'), headerIdOf('')]).toEqual([0, 0, 0])
    expect(request({ lines: ['G: 1', 'z: 2'] }).named('g')).toBe('1')
  })

  it('a whole request may be written with them', () => {
    const lines = ['v: SIP/2.0/UDP h;branch=z9hG4bK1', 'f: <sip:a@b>;tag=1', 't: <sip:c@d>', 'i: 1', 'l: 0']
    const headers = { Via: null, From: null, To: null, 'Call-ID': null, 'Content-Length': null }
    const message = request({ headers, lines })
    expect([message.topVia?.host, message.from?.uri, message.to?.uri, message.callId]).toEqual([
      'h',
      'sip:a@b',
      'sip:c@d',
      '1',
    ])
  })
})

describe('header ids', () => {
  const known = Object.entries(HeaderId).filter(([name]) => name !== 'other')

  it.each(known)('%s is found on its bytes in any case', (_, id) => {
    const name = headerName(id)
    for (const form of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(headerIdOf(form)).toBe(id)
      const message = request({ lines: id < 10 ? [] : [`${form}: x`] })
      if (id >= 10) expect(message.idAt(message.headersCount - 1)).toBe(id)
    }
  })

  it('have the names of their RFCs', () => {
    expect([HeaderId.callId, HeaderId.cseq, HeaderId.wwwAuthenticate, HeaderId.sipEtag].map(headerName)).toEqual([
      'Call-ID',
      'CSeq',
      'WWW-Authenticate',
      'SIP-ETag',
    ])
    expect([HeaderId.sipIfMatch, HeaderId.pAssertedIdentity, HeaderId.minSe, HeaderId.rack].map(headerName)).toEqual([
      'SIP-If-Match',
      'P-Asserted-Identity',
      'Min-SE',
      'RAck',
    ])
  })

  it.each(['Vib', 'Viaa', 'Froo', 'Max_Forwards', 'Max-Forwardz', 'Callxid'])('%s is none of them', (name) => {
    const message = request({ lines: [`${name}: x`] })
    expect(message.idAt(message.headersCount - 1)).toBe(HeaderId.other)
  })
})
