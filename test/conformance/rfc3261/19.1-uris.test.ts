/**
 * RFC 3261 §19.1: SIP URIs, their parts, their comparison, and the AORs that they name (§10.3 step 5).
 */
import { describe, expect, it } from 'vitest'
import { aorDomain, aorUser, parseAor } from '../../../src/sip/uri/aor.ts'
import { encodeSipUri, parseSipUri, sipUrisEqual, uriAor } from '../../../src/sip/uri/sip-uri.ts'

const nothing = { user: null, password: null, port: null, params: new Map(), headers: null }

describe('RFC 3261 §19.1.1 components', () => {
  it.each([
    ['sip:alice@atlanta.com', { user: 'alice', host: 'atlanta.com' }],
    [
      'sip:alice:secretword@atlanta.com;transport=tcp',
      { user: 'alice', password: 'secretword', params: new Map([['transport', 'tcp']]) },
    ],
    [
      'sips:alice@atlanta.com?subject=project%20x&priority=urgent',
      { scheme: 'sips', headers: 'subject=project%20x&priority=urgent' },
    ],
    ['sip:+1-212-555-1212:1234@gateway.com;user=phone', { user: '+1-212-555-1212', password: '1234' }],
    ['sips:1212@gateway.com', { scheme: 'sips', user: '1212' }],
    ['sip:alice@192.0.2.4:5061', { host: '192.0.2.4', port: 5061 }],
    [
      'sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com',
      { user: null, host: 'atlanta.com', headers: 'to=alice%40atlanta.com' },
    ],
    ['sip:alice;day=tuesday@atlanta.com', { user: 'alice;day=tuesday', params: new Map() }],
    [
      'sip:alice@[2001:db8::1]:5060;maddr=[::1]',
      { host: '[2001:db8::1]', port: 5060, params: new Map([['maddr', '[::1]']]) },
    ],
    [
      'SIP:ALICE@AtLanTa.CoM;Transport=UDP;lr',
      {
        scheme: 'sip',
        user: 'ALICE',
        host: 'AtLanTa.CoM',
        params: new Map([
          ['transport', 'UDP'],
          ['lr', null],
        ]),
      },
    ],
    ['im:alice@example.test', { scheme: 'im', user: 'alice' }],
    ['pres:alice@example.test', { scheme: 'pres', user: 'alice' }],
    ['sip:_sip._tcp.example.test', { host: '_sip._tcp.example.test' }],
    ['sip:a@h;x=1;x=2', { params: new Map([['x', '1']]) }],
  ])('%s', (text, expected) => expect(parseSipUri(text)).toMatchObject({ ...(expected as object) }))

  it.each([
    '',
    'sip:',
    'sip:@host',
    'sip:a@',
    'sip:a@b@c',
    'sip:a b@c',
    'sip:a@b c',
    'sip:a@h :5060',
    'sip:a@h:',
    'sip:a@h:0',
    'sip:a@h:65536',
    'sip:a@h:5a',
    'sip:a@h;',
    'sip:a@h;=x',
    'sip:a@h;x=<y>',
    'sip:a@-h',
    'sip:a@h-',
    'sip:a@.h',
    'sip:a%4@h',
    'sip:a%zz@h',
    'sip:a@h%41',
    'sip:ä@h',
    'sip:a"b@h',
    'sip:a<b@h',
    'sip:2001:db8::1',
    'sip:[2001:db8::1',
    'sip:[zz]',
    'sip:a@h?<x>',
    'sip:a:b c@h',
    'tel:+15551234',
    'http://example.test',
    'alice@example.test',
  ])('%j is none', (text) => expect(parseSipUri(text)).toBeNull())
})

describe('encodeSipUri', () => {
  it.each([
    'sip:alice@example.test',
    'sips:alice:pw@example.test:5061;transport=tls;lr?subject=x',
    'sip:example.test',
    'sip:[2001:db8::1]:5060',
    'sip:a%20b@h;x=%41',
  ])('gives back %s', (text) => expect(encodeSipUri(parseSipUri(text)!)).toBe(text))

  it('writes a URI that was put together', () => {
    expect(encodeSipUri({ ...nothing, scheme: 'sip', host: 'h', user: 'a' })).toBe('sip:a@h')
  })
})

describe('RFC 3261 §19.1.4 comparison', () => {
  // The RFC's own examples come first in both tables.
  it.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['sip:a@h?Subject=x', 'sip:a@h?subject=x'],
    ['sip:a%2b@h', 'sip:a%2B@h'],
  ])('%s is %s', (a, b) => {
    expect(sipUrisEqual(a, b)).toBe(true)
    expect(sipUrisEqual(parseSipUri(b)!, parseSipUri(a)!)).toBe(true)
  })

  it.each([
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:a@h', 'sips:a@h'],
    ['sip:a@h', 'sip:h'],
    ['sip:a:1@h', 'sip:a:2@h'],
    ['sip:a@h;user=phone', 'sip:a@h'],
    ['sip:a@h;ttl=1', 'sip:a@h'],
    ['sip:a@h;maddr=x', 'sip:a@h'],
    ['sip:a@h;method=INVITE', 'sip:a@h'],
    ['sip:a+b@h', 'sip:a%2Bb@h'],
    ['sip:a@h?x=1', 'sip:a@h?x=1&y=2'],
    ['not a uri', 'not a uri'],
  ])('%s is not %s', (a, b) => expect([sipUrisEqual(a, b), sipUrisEqual(b, a)]).toEqual([false, false]))
})

describe('RFC 3261 §6 addresses of record, in one spelling', () => {
  it.each([
    ['sip:alice@example.test', 'sip:alice@example.test'],
    ['sip:Alice@Example.TEST', 'sip:alice@example.test'],
    ['SIPS:alice@example.test', 'sip:alice@example.test'],
    ['sip:alice:secret@example.test:5061;transport=tls?Subject=x', 'sip:alice@example.test'],
    ['sip:%61lic%65@example.test.', 'sip:alice@example.test'],
    ['sip:J%C3%B6rg@example.test', 'sip:j%C3%B6rg@example.test'],
    ['sip:j%c3%b6rg@example.test', 'sip:j%C3%B6rg@example.test'],
    ['sip:a%2fB@h', 'sip:a%2Fb@h'],
    ['sip:+1555@gw.example.test;user=phone', 'sip:+1555@gw.example.test'],
    ['sip:null-%00-null@example.com', 'sip:null-%00-null@example.com'],
    ['sip:user@[2001:DB8::10]', 'sip:user@[2001:db8::10]'],
    ["sip:o'neil_(x)*~!@example.test", "sip:o'neil_(x)*~!@example.test"],
  ])('%s names %s', (text, aor) => {
    expect(parseAor(text)).toBe(aor)
    expect(parseAor(parseAor(text)!)).toBe(aor)
    expect(uriAor(text)).toBe(aor)
  })

  it.each([
    'sip:example.test',
    'sip:@example.test',
    'sip:alice@',
    'alice@example.test',
    '<sip:alice@example.test>',
    'tel:+1555',
    'im:alice@example.test',
    'sip:al ice@example.test',
    'sip:älice@example.test',
    'sip:alice%@example.test',
    'sip:alice%0@example.test',
    'sip:alice@exa mple.test',
    'sip:alice@example.test:port',
    'sip:a@b@c',
    'sip:alice\r\n@example.test',
    '',
  ])('%j names none', (text) => expect(parseAor(text)).toBeNull())

  it('fit 320 bytes', () => {
    const host = `${`${'a'.repeat(63)}.`.repeat(4)}example.test`
    const fitting = 320 - 'sip:@'.length - host.length
    expect(parseAor(`sip:${'x'.repeat(fitting)}@${host}`)).toHaveLength(320)
    expect(parseAor(`sip:${'x'.repeat(fitting + 1)}@${host}`)).toBeNull()
  })

  it('have a user and a domain', () => {
    const aor = parseAor('sip:J%C3%B6rg@Example.test')!
    expect([aorUser(aor), aorDomain(aor)]).toEqual(['j%C3%B6rg', 'example.test'])
  })

  it('are named by parsed URIs too, but not by those without a user or of another scheme', () => {
    const aors = ['sips:Bob:pw@H:5061;x', 'sip:h', 'im:bob@h'].map((text) => uriAor(parseSipUri(text)!))
    expect(aors).toEqual(['sip:bob@h', null, null])
  })
})
