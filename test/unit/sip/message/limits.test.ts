/**
 * P4: what a peer may send is bounded, and each bound has its answer (limits.ts).
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../../src/sip/message/header-id.ts'
import { clientLimits, tlsClientLimits } from '../../../../src/sip/message/limits.ts'
import { parseMessage } from '../../../../src/sip/message/parse.ts'
import { judged, requestBytes } from '../../../support/requests.ts'

/** Head of exactly `bytes` bytes, up to and with the empty line. */
function headOf(method: string, bytes: number): Buffer {
  const bare = requestBytes({ method, lines: ['X-Pad: '] }).length
  return requestBytes({ method, lines: [`X-Pad: ${'x'.repeat(bytes - bare)}`] })
}

const lines = (count: number, line: string): string[] => Array.from({ length: count }, () => line)
const uri = (bytes: number): string => `sip:${'u'.repeat(bytes - 'sip:@h'.length)}@h`

describe('P4 limits of a message, at the bound and one beyond', () => {
  it.each([
    ['head', headOf('MESSAGE', 16_384), 'accepted'],
    ['head', headOf('MESSAGE', 16_385), '513 parse.head-too-long'],
    ['head of a REGISTER', headOf('REGISTER', 16_385), '513 parse.head-too-long'],
    ['header lines', requestBytes({ lines: lines(121, 'X: y') }), 'accepted'],
    ['header lines', requestBytes({ lines: lines(122, 'X: y') }), '513 parse.header-lines-too-many'],
    ['body of a MESSAGE', requestBytes({ body: 'x'.repeat(65_536) }), 'accepted'],
    ['body of a MESSAGE', requestBytes({ body: 'x'.repeat(65_537) }), '413 parse.body-too-long'],
    ['body', requestBytes({ method: 'PUBLISH', body: 'x'.repeat(262_144) }), 'accepted'],
    ['body', requestBytes({ method: 'PUBLISH', body: 'x'.repeat(262_145) }), '413 parse.body-too-long'],
    ['Request-URI', requestBytes({ uri: uri(2048) }), 'accepted'],
    ['Request-URI', requestBytes({ uri: uri(2049) }), '414 parse.uri-too-long'],
    ['Via values', requestBytes({ lines: lines(69, 'Via: SIP/2.0/UDP p') }), 'accepted'],
    ['Via values', requestBytes({ lines: lines(70, 'Via: SIP/2.0/UDP p') }), '483 parse.via-too-many'],
    ['Via values', requestBytes({ lines: [`Via: ${lines(70, 'SIP/2.0/A b').join(',')}`] }), '483 parse.via-too-many'],
    ['Route values', requestBytes({ lines: lines(32, 'Route: <sip:p>') }), 'accepted'],
    ['Route values', requestBytes({ lines: [`Route: ${lines(33, '<sip:p>').join(',')}`] }), '513 parse.route-too-many'],
  ])('%s', (_, bytes, outcome) => expect(judged(bytes)).toBe(outcome))

  it('a REGISTER over TLS may have a head of 64 KB', () => {
    expect(judged(headOf('REGISTER', 65_536), tlsClientLimits)).toBe('accepted')
    expect(judged(headOf('REGISTER', 65_537), tlsClientLimits)).toBe('513 parse.head-too-long')
    expect(judged(headOf('MESSAGE', 16_385), tlsClientLimits)).toBe('513 parse.head-too-long')
  })

  it('what lies beyond the bound of lines is neither kept nor answered for, and the rest can be answered', () => {
    const { message } = parseMessage(requestBytes({ lines: [...lines(200, 'X: y'), 'Subject: lost'] }))
    expect([message?.headersCount, message?.has(HeaderId.subject), message?.callId !== null]).toEqual([
      128,
      false,
      true,
    ])
  })

  it('a start line longer than any head is dropped', () => {
    expect(judged(Buffer.from(`MESSAGE ${uri(70_000)} SIP/2.0\r\n\r\n`))).toBe('0 parse.not-sip')
  })

  it('are frozen: nobody widens them for everybody', () => {
    expect([clientLimits, tlsClientLimits].every(Object.isFrozen)).toBe(true)
  })
})
