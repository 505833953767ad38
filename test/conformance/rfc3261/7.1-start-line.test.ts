/**
 * RFC 3261 §7.1, §7.2: request and status lines.
 */
import { describe, expect, it } from 'vitest'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import { judged, request, requestBytes } from '../../support/requests.ts'

const check = (startLine: string): string => judged(requestBytes({ startLine }))

describe('RFC 3261 §7.1 request line', () => {
  it('is method, URI and version, one space apart', () => {
    const message = request({ method: 'MESSAGE', uri: 'sip:bob@example.test;transport=tcp' })
    expect([message.isRequest, message.method, message.requestUri]).toEqual([
      true,
      'MESSAGE',
      'sip:bob@example.test;transport=tcp',
    ])
    expect([message.statusCode, message.reasonPhrase]).toEqual([0, ''])
  })

  it.each(['FROBNICATE', 'message', 'IN%56ITE', "!.-%*_+`'~"])(
    'takes the token %s as a method, in its case',
    (method) => {
      expect(request({ method }).method).toBe(method)
    },
  )

  it('takes the version in any case', () => expect(check('MESSAGE sip:bob@example.test sip/2.0')).toBe('accepted'))

  it.each([
    ['MESSAGE  sip:bob@example.test SIP/2.0', '400 parse.request-line-malformed'],
    ['MESSAGE sip:bob@example.test  SIP/2.0', '400 parse.request-line-malformed'],
    ['MESSAGE sip:bob@example.test SIP/2.0 ', '400 parse.request-line-malformed'],
    ['MESSAGE sip:bob@example.test\tSIP/2.0', '400 parse.request-line-malformed'],
    ['MESSAGE sip:bob @example.test SIP/2.0', '400 parse.request-line-malformed'],
    ['MESSAGE sip:b\u0001b@example.test SIP/2.0', '400 parse.request-line-malformed'],
    ['MESSAGE sip:bob@example.test SIP/3.0', '505 parse.version-not-supported'],
    ['MESSAGE sip:bob@example.test SIP/2.1', '505 parse.version-not-supported'],
    ['MESSAGE <sip:bob@example.test> SIP/2.0', '400 parse.request-uri-malformed'],
    ['MESSAGE sip:b\u00f6b@example.test SIP/2.0', '400 parse.request-uri-malformed'],
    ['MESSAGE bob SIP/2.0', '400 parse.request-uri-malformed'],
    ['MESSAGE tel:+15551234 SIP/2.0', '416 parse.uri-scheme-unsupported'],
    ['MESSAGE im:bob@example.test SIP/2.0', '416 parse.uri-scheme-unsupported'],
    ['MESSAGE sip:bob@example.test?Subject=x SIP/2.0', '400 parse.request-uri-headers'],
  ])('answers %j with %s', (line, outcome) => expect(check(line)).toBe(outcome))

  it.each(['GET / HTTP/1.1', 'MESSAGE', 'MESSAGE SIP/2.0', 'ME SS', ' MESSAGE sip:b@c SIP/2.0', '\u0016\u0003\u0001'])(
    'drops %j, which is not SIP',
    (line) => expect(check(line)).toBe('0 parse.not-sip'),
  )

  it('drops a start line that ends with a line feed alone', () => {
    expect(judged(Buffer.from('MESSAGE sip:b@c SIP/2.0\nVia: x\n\n'))).toBe('0 parse.not-sip')
  })

  it('§7.5 may follow empty lines, which are no part of the message', () => {
    const bytes = requestBytes()
    const { message } = parseMessage(Buffer.concat([Buffer.from('\r\n\r\n'), bytes]))
    expect(message?.bytes.equals(bytes)).toBe(true)
  })

  it.each(['', '\r\n', '\r\n\r\n'])('drops the datagram %j, a keep-alive', (text) => {
    expect(judged(Buffer.from(text))).toBe('0 parse.message-empty')
  })
})

describe('RFC 3261 §7.2 status line', () => {
  const response = (line: string) => parseMessage(requestBytes({ startLine: line }))

  it('is version, code and phrase', () => {
    const { message } = response('SIP/2.0 202 Accepted And Stored')
    expect([message?.isRequest, message?.statusCode, message?.reasonPhrase]).toEqual([
      false,
      202,
      'Accepted And Stored',
    ])
    expect([message?.method, message?.requestUri, message?.requestSipUri]).toEqual(['', '', null])
  })

  it.each(['SIP/2.0 200 ', 'SIP/2.0 200'])('may lack the phrase: %j', (line) => {
    expect(response(line).message?.reasonPhrase).toBe('')
  })

  it.each([
    'SIP/2.0 099 Low',
    'SIP/2.0 700 High',
    'SIP/2.0 20 Short',
    'SIP/2.0 2000 Long',
    'SIP/2.0 2O0 Letter',
    'SIP/2.0  200 Blank',
    'SIP/3.0 200 OK',
    'SIP/2.0 200 O\rK',
    'SIP/2.0',
  ])('drops %j', (line) =>
    expect(response(line).fault).toMatchObject({ status: 0, event: 'parse.status-line-malformed' }),
  )
})
