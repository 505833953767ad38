/**
 * RFC 3261 §20: values of From, To, Contact, Via, CSeq, Expires, Max-Forwards. RFC 3581: rport. RFC 5626: instance,
 * reg-id.
 */
import { describe, expect, it } from 'vitest'
import { encodeNameAddr, parseContact, parseNameAddr } from '../../../src/sip/message/name-addr.ts'
import { parseParams } from '../../../src/sip/message/params.ts'
import { quote, unquote } from '../../../src/sip/message/quoted-string.ts'
import { parseVia } from '../../../src/sip/message/via.ts'
import { request } from '../../support/requests.ts'

describe('RFC 3261 §20.10, §20.20, §20.39 name-addr', () => {
  it.each([
    ['<sip:a@b>', { displayName: null, uri: 'sip:a@b', tag: null }],
    ['sip:a@b', { displayName: null, uri: 'sip:a@b', tag: null }],
    ['sip:a@b;tag=1', { uri: 'sip:a@b', tag: '1' }],
    ['sip:a@b ; TAG = 1', { uri: 'sip:a@b', tag: '1' }],
    ['<sip:a@b;tag=uri>;tag=header', { uri: 'sip:a@b;tag=uri', tag: 'header' }],
    ['"A. G. Bell" <sip:agb@bell-telephone.com> ;tag=a48s', { displayName: 'A. G. Bell', tag: 'a48s' }],
    ['Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8', { displayName: 'Anonymous', tag: 'hyh8' }],
    ['Two  Words<sip:a@b>', { displayName: 'Two  Words' }],
    ['"<sip:evil@x>" <sip:a@b>', { displayName: '<sip:evil@x>', uri: 'sip:a@b' }],
    ['"a \\"quoted\\" \\\\ name"<sip:a@b>', { displayName: 'a "quoted" \\ name' }],
    ['"" <sip:a@b>', { displayName: '' }],
    ['Jörg <sip:a@b>', { displayName: 'Jörg' }],
    ['<tel:+1555>', { uri: 'tel:+1555' }],
    ['<sip:a@b?Route=%3Csip:x%3E>', { uri: 'sip:a@b?Route=%3Csip:x%3E' }],
    ['sip:a@b;note="<not; an, address>"', { uri: 'sip:a@b' }],
    ['<sip:a@b>;tag=first;tag=second', { tag: 'first' }],
    [
      '<sip:a@b>;x=y==;z',
      {
        params: new Map([
          ['x', 'y=='],
          ['z', null],
        ]),
      },
    ],
  ])('%s', (text, expected) => expect(parseNameAddr(text)).toMatchObject(expected as object))

  it.each([
    '',
    ' ',
    '<>',
    '<sip:>',
    '<sip:a@b',
    'sip:a@b>',
    '"open <sip:a@b>',
    '"name" sip:a@b',
    '"name"',
    'a, b <sip:a@b>',
    'a "b" <sip:a@b>',
    '< sip:a@b >',
    '<sip:a@b>x',
    '<sip:a@b>;',
    '<sip:a@b>;;tag=1',
    '<sip:a@b>;tag="open',
    '<sip:a@b>;tag=1,<sip:c@d>',
    'sip:a@b?subject=x',
    'sip:a@b,sip:c@d',
    'alice',
    ':a',
    '<a b:c>',
  ])('%j is malformed', (text) => expect(parseNameAddr(text)).toBeNull())

  it.each([
    [{ uri: 'sip:a@b' }, '<sip:a@b>'],
    [{ uri: 'sip:a@b', displayName: 'A "B" \\ C' }, '"A \\"B\\" \\\\ C" <sip:a@b>'],
    [{ uri: 'sip:a@b', displayName: 'two\r\nlines' }, '"two lines" <sip:a@b>'],
    [
      {
        uri: 'sip:a@b',
        params: new Map([
          ['tag', '1'],
          ['x', 'a b'],
          ['y', null],
        ]),
      },
      '<sip:a@b>;tag=1;x="a b";y',
    ],
  ])('is written %#', (value, text) => expect(encodeNameAddr(value)).toBe(text))
})

describe('RFC 3261 §20.10 Contact', () => {
  it('has q, expires, and those of RFC 5626', () => {
    const text = '"Desk" <sip:a@192.0.2.1;transport=tcp>;q=0.7;expires=3600;+sip.instance="<urn:uuid:f81d-1>";reg-id=1'
    expect(parseContact(text)).toMatchObject({
      displayName: 'Desk',
      uri: 'sip:a@192.0.2.1;transport=tcp',
      q: 0.7,
      expiresSeconds: 3600,
      instanceId: 'urn:uuid:f81d-1',
      regId: 1,
    })
  })

  it('has defaults', () => {
    expect(parseContact('<sip:a@b>')).toMatchObject({ q: 1, expiresSeconds: null, instanceId: null, regId: null })
  })

  it.each([
    ['q=0', { q: 0 }],
    ['q=.5', { q: 0.5 }],
    ['q=1.000', { q: 1 }],
    ['q=1.5', { q: 1 }],
    ['q=high', { q: 1 }],
    ['q', { q: 1 }],
    ['expires=0', { expiresSeconds: 0 }],
    ['expires=soon', { expiresSeconds: 3600 }],
    ['expires=-1', { expiresSeconds: 3600 }],
    ['expires', { expiresSeconds: 3600 }],
    ['expires=4294967296', { expiresSeconds: 4294967295 }],
    ['expires=99999999999999999999999', { expiresSeconds: 4294967295 }],
    ['+sip.instance="bare"', { instanceId: 'bare' }],
    ['reg-id=0', { regId: null }],
    ['reg-id=2147483648', { regId: null }],
    ['reg-id=x', { regId: null }],
  ])('with ;%s', (param, expected) => expect(parseContact(`<sip:a@b>;${param}`)).toMatchObject(expected))

  it.each([
    [[], null],
    [['Contact: *'], 'star'],
    [['Contact: *', 'Contact: <sip:a@b>'], null],
    [['Contact: *;q=1'], null],
    [['Contact: <sip:a@b>, broken'], null],
    [['Contact:'], null],
  ])('lines %j are %s', (lines, contacts) => expect(request({ lines }).contacts).toBe(contacts))

  it('values of all lines count, in their order', () => {
    const contacts = request({ lines: ['Contact: "a,b" <sip:1@h>, sip:2@h;q=0.1', 'm: <sip:3@h>'] }).contacts
    expect(Array.isArray(contacts) && contacts.map((contact) => contact.uri)).toEqual(['sip:1@h', 'sip:2@h', 'sip:3@h'])
  })
})

describe('RFC 3261 §20.42 Via, RFC 3581 rport', () => {
  it.each([
    [
      'SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7',
      { transport: 'UDP', host: 'erlang.bell-telephone.com', port: 5060, branch: 'z9hG4bK87asdks7' },
    ],
    [
      'SIP/2.0/UDP 192.0.2.1:5060 ;received=192.0.2.207;branch=z9hG4bK77asjd',
      { host: '192.0.2.1', received: '192.0.2.207' },
    ],
    [
      'SIP / 2.0 / UDP first.example.com: 4000;ttl=16;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1',
      { port: 4000, branch: 'z9hG4bKa7c6a8dlze.1' },
    ],
    ['sip/2.0/tcp h', { transport: 'TCP', host: 'h', port: null, branch: null, rport: null, received: null }],
    ['SIP/2.0/TLS-SCTP h', { transport: 'TLS-SCTP' }],
    ['SIP/2.0/WSS df7jal23ls0d.invalid;rport', { transport: 'WSS', rport: 'asked' }],
    ['SIP/2.0/UDP h;rport=', { rport: 'asked' }],
    ['SIP/2.0/UDP h;rport=9988', { rport: 9988 }],
    ['SIP/2.0/UDP h;rport=0', { rport: null }],
    ['SIP/2.0/UDP h;rport=99999', { rport: null }],
    ['SIP/2.0/UDP h;BRANCH=x;Received=1.2.3.4', { branch: 'x', received: '1.2.3.4' }],
    [
      'SIP/2.0/TCP [2001:db8::9:1]:5061;received=[::1];branch=b',
      { host: '[2001:db8::9:1]', port: 5061, received: '[::1]' },
    ],
    ['SIP/2.0/UDP h;received=2001:db8::1;branch=b', { received: '2001:db8::1', branch: 'b' }],
  ])('%s', (text, expected) => expect(parseVia(text)).toMatchObject(expected))

  it.each([
    '',
    'SIP/2.0/UDP',
    'SIP/2.0/UDP ',
    'SIP/2.0 h',
    'SIP/3.0/UDP h',
    'SIP/2.0/UDP h;',
    'SIP/2.0/UDP h;;branch=x',
    'SIP/2.0/UDP h:0',
    'SIP/2.0/UDP h:x',
    'SIP/2.0/UDP h h',
    'SIP/2.0/UDP h, SIP/2.0/UDP i',
    'SIP/2.0/UDP 2001:db8::1',
    'SIP/2.0/UDP h;branch="open',
    'SIP/2.0/(UDP) h',
  ])('%j is malformed', (text) => expect(parseVia(text)).toBeNull())

  it('the top value is the first of the first line', () => {
    const message = request({ headers: { Via: 'SIP/2.0/UDP a;x="1,2", SIP/2.0/TCP b' }, lines: ['Via: SIP/2.0/TLS c'] })
    expect([message.topVia?.host, message.topVia?.params.get('x')]).toEqual(['a', '1,2'])
  })

  it('is read the same with a fold or UTF-8 in the message', () => {
    for (const line of ['Subject: ü', 'Subject: a\r\n b']) {
      const message = request({
        headers: { Via: 'SIP/2.0/UDP\r\n a;\r\n branch=x', From: '"Jörg"\r\n <sip:a@b>;tag=1' },
        lines: [line],
      })
      expect([message.topVia?.branch, message.from?.displayName]).toEqual(['x', 'Jörg'])
    }
  })
})

describe('RFC 3261 §20.19 Expires, §20.22 Max-Forwards, §20.16 CSeq', () => {
  it.each([
    ['0', 0],
    ['3600', 3600],
    ['4294967295', 4294967295],
    ['4294967296', 4294967295],
    ['9'.repeat(400), 4294967295],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
  ])('Expires: %s is %s', (text, seconds) =>
    expect(request({ lines: [`Expires: ${text}`] }).expiresSeconds).toBe(seconds),
  )

  it('is null without the header', () => expect(request().expiresSeconds).toBeNull())

  it.each([
    ['70', 70],
    ['0', 0],
    ['0068', 68],
    ['255', 255],
  ])('Max-Forwards: %s is %i', (text, value) => {
    expect(request({ headers: { 'Max-Forwards': text } }).maxForwards).toBe(value)
  })

  it('CSeq is a number and a method', () => {
    expect(request({ headers: { CSeq: '4711 \t MESSAGE' } }).cseq).toEqual({ number: 4711, method: 'MESSAGE' })
  })
})

describe('RFC 3261 §25.1 quoted strings and parameters', () => {
  it.each(['', 'plain', 'a "b" c', 'back\\slash', 'trailing \\', 'ünïcode'])('%j survives quoting', (text) => {
    expect(unquote(quote(text))).toBe(text)
  })

  it.each([
    ['', []],
    [';a', [['a', null]]],
    [
      ' ; A = b ; c ',
      [
        ['a', 'b'],
        ['c', null],
      ],
    ],
    [';a="x;y=\\"z\\""', [['a', 'x;y="z"']]],
    [';a=', [['a', '']]],
    [';lr=on;LR=off', [['lr', 'on']]],
  ])('%j', (text, params) => expect([...(parseParams(text) ?? ['malformed'])]).toEqual(params))

  it.each(['a', ';', ';;a', ';=a', ';a b', ';a="x', ';a="x"y', ';a=<b>', ';a,b'])('%j is malformed', (text) => {
    expect(parseParams(text)).toBeNull()
  })
})
