/**
 * RFC 3261 §8.2.6, §18.2.1 and RFC 3581 §4: responses to a request; §8.1.1: requests of our own.
 */
import { describe, expect, it } from 'vitest'
import { encodeRequest, encodeResponse, reasonPhrase, withSource } from '../../../src/sip/message/encode.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import { request, requestBytes } from '../../support/requests.ts'

const lines = (bytes: Buffer): string[] => bytes.toString().split('\r\n')

describe('RFC 3261 §8.2.6.2 headers of a response', () => {
  it('are Via, From, To, Call-ID and CSeq of the request, as they came and in their order', () => {
    const headers = { Via: null, Subject: 'hello' }
    const message = request({
      headers,
      lines: ['v: SIP/2.0/UDP a;branch=z9hG4bK1', 'Via: SIP/2.0/UDP b,\r\n SIP/2.0/UDP c'],
    })
    expect(lines(encodeResponse(message, 404))).toEqual([
      'SIP/2.0 404 Not Found',
      'From: "Alice" <sip:alice@example.test>;tag=9fxced76sl',
      'To: <sip:bob@example.test>',
      'Call-ID: 3848276298220188511@client.example.test',
      'CSeq: 1 MESSAGE',
      'v: SIP/2.0/UDP a;branch=z9hG4bK1',
      'Via: SIP/2.0/UDP b,',
      ' SIP/2.0/UDP c',
      'Content-Length: 0',
      '',
      '',
    ])
  })

  it.each([
    ['<sip:bob@example.test>', 'To: <sip:bob@example.test>;tag=314'],
    ['sip:bob@example.test', 'To: sip:bob@example.test;tag=314'],
    ['sip:bob@example.test;user=phone', 'To: sip:bob@example.test;user=phone;tag=314'],
    ['<sip:bob@example.test>;tag=old', 'To: <sip:bob@example.test>;tag=old'],
    ['<sip:bob@example.test;tag=uri>', 'To: <sip:bob@example.test;tag=uri>;tag=314'],
  ])('To %s gets our tag unless it has one', (to, line) => {
    expect(lines(encodeResponse(request({ headers: { To: to } }), 200, { toTag: '314' }))).toContain(line)
  })

  it.each([
    ['INVITE', 180, true],
    ['INVITE', 200, true],
    ['SUBSCRIBE', 200, true],
    ['INVITE', 100, false],
    ['INVITE', 404, false],
    ['MESSAGE', 200, false],
    ['REGISTER', 200, false],
  ])('Record-Route goes back in a %s response %i: %s', (method, status, copied) => {
    const message = request({ method, lines: ['Record-Route: <sip:p1;lr>', 'Record-Route: <sip:p2;lr>'] })
    const routes = lines(encodeResponse(message, status)).filter((line) => line.startsWith('Record-Route'))
    expect(routes).toEqual(copied ? ['Record-Route: <sip:p1;lr>', 'Record-Route: <sip:p2;lr>'] : [])
  })

  it('§8.2.6.1 a 100 gives Timestamp back, others do not', () => {
    const message = request({ lines: ['Timestamp: 54'] })
    expect(lines(encodeResponse(message, 100))).toContain('Timestamp: 54')
    expect(lines(encodeResponse(message, 200))).not.toContain('Timestamp: 54')
  })

  it('then come the headers and the body that the caller gives', () => {
    const options = { headers: [['Expires', '60']] as const, body: Buffer.from('grüße'), contentType: 'text/plain' }
    const { message, fault } = parseMessage(encodeResponse(request(), 200, { ...options, reason: 'Fine' }))
    expect([fault, message?.reasonPhrase, message?.expiresSeconds]).toEqual([null, 'Fine', 60])
    expect([message?.first(HeaderId.contentType), message?.body.toString()]).toEqual(['text/plain', 'grüße'])
    expect(message?.first(HeaderId.contentLength)).toBe('7')
  })

  it('keeps bytes that are no UTF-8', () => {
    const bytes = requestBytes({ headers: { From: '"\u00e9" <sip:a@b>;tag=1' } })
    const latin1 = Buffer.from(bytes.toString('utf8'), 'latin1')
    const answer = encodeResponse(parseMessage(latin1).message!, 200, { toTag: 'ü' })
    expect(answer.includes(Buffer.from('"\xe9" <sip:a@b>', 'latin1'))).toBe(true)
    expect(answer.includes(Buffer.from(';tag=ü', 'utf8'))).toBe(true)
  })
})

describe('RFC 3261 §18.2.1 and RFC 3581 §4: the source in the top Via', () => {
  it.each([
    ['SIP/2.0/UDP h;branch=z9hG4bK1;rport', 'SIP/2.0/UDP h;branch=z9hG4bK1;rport=9988;received=192.0.2.1'],
    ['SIP/2.0/UDP h;rport;branch=z9hG4bK1', 'SIP/2.0/UDP h;branch=z9hG4bK1;rport=9988;received=192.0.2.1'],
    ['SIP/2.0/UDP h;rport=1;received=203.0.113.9', 'SIP/2.0/UDP h;rport=9988;received=192.0.2.1'],
    ['SIP/2.0/UDP h;x-rport;receivedx=1', 'SIP/2.0/UDP h;x-rport;receivedx=1;rport=9988;received=192.0.2.1'],
  ])('%s becomes %s', (via, expected) => {
    expect(withSource(via, { rport: 9988, received: '192.0.2.1' })).toBe(expected)
  })

  it('touches the top value only', () => {
    const message = request({
      headers: { Via: 'SIP/2.0/UDP a;rport, SIP/2.0/UDP b;rport' },
      lines: ['Via: SIP/2.0/UDP c;rport'],
    })
    const answer = lines(encodeResponse(message, 200, { received: '192.0.2.1', rport: 7 }))
    expect(answer[1]).toBe('Via: SIP/2.0/UDP a;rport=7;received=192.0.2.1, SIP/2.0/UDP b;rport')
    expect(answer).toContain('Via: SIP/2.0/UDP c;rport')
  })
})

describe('RFC 3261 §8.1.1 requests of our own', () => {
  it('are what the caller says, with a Content-Length', () => {
    const headers = [
      ['Via', 'SIP/2.0/TLS p;branch=z9hG4bK1'],
      ['From', '<sip:a@b>;tag=1'],
      ['To', '<sip:c@d>'],
      ['Call-ID', '1'],
      ['CSeq', '1 MESSAGE'],
    ] as const
    const bytes = encodeRequest({
      method: 'MESSAGE',
      requestUri: 'sip:c@d',
      headers,
      body: Buffer.from('hi'),
      contentType: 'text/plain',
    })
    expect(lines(bytes)).toEqual([
      'MESSAGE sip:c@d SIP/2.0',
      ...headers.map(([name, value]) => `${name}: ${value}`),
      'Content-Type: text/plain',
      'Content-Length: 2',
      '',
      'hi',
    ])
    expect(parseMessage(bytes).fault).toBeNull()
  })

  it.each(['a\r\nRoute: <sip:evil>', 'a\nb', 'a\rb', 'ü\r\nRoute: x'])('cannot smuggle a line in %j', (value) => {
    const parts = { method: 'MESSAGE', requestUri: 'sip:c@d', headers: [['Subject', value]] as const }
    expect(() => encodeRequest(parts)).toThrow('line break')
    expect(() => encodeRequest({ ...parts, headers: [], requestUri: value })).toThrow('line break')
    expect(() => encodeResponse(request(), 200, { reason: value })).toThrow('line break')
    expect(() => encodeResponse(request(), 200, { headers: [['Subject', value]] })).toThrow('line break')
  })
})

describe('RFC 3261 §21 reason phrases', () => {
  it.each([
    [200, 'OK'],
    [202, 'Accepted'],
    [480, 'Temporarily Unavailable'],
    [499, 'Bad Request'],
    [599, 'Server Internal Error'],
    [199, 'Early Dialog Terminated'],
    [299, 'OK'],
  ])('%i is %s', (status, phrase) => expect(reasonPhrase(status)).toBe(phrase))
})
