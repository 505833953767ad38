/**
 * RFC 3261 §8.1.1, §8.2: what a request must have, and the answer to one that has not.
 */
import { describe, expect, it } from 'vitest'
import { judged, request, requestBytes } from '../../support/requests.ts'

describe('RFC 3261 §8.1.1 a valid request', () => {
  it.each(['From', 'To', 'Call-ID', 'CSeq'])('has %s; without it the answer is 400', (name) => {
    expect(judged(requestBytes({ headers: { [name]: null } }))).toBe('400 parse.header-missing')
  })

  it('has a Via; without it nobody could match an answer, so none is sent', () => {
    expect(judged(requestBytes({ headers: { Via: null } }))).toBe('0 parse.via-missing')
    expect(judged(requestBytes({ headers: { Via: null, To: null } }))).toBe('0 parse.via-missing')
  })

  it('may lack Max-Forwards, as those of RFC 2543 do', () => {
    expect(request({ headers: { 'Max-Forwards': null } }).maxForwards).toBeNull()
  })

  it.each([
    ['From', '<sip:mallory@example.test>;tag=1'],
    ['To', '<sip:other@example.test>'],
    ['Call-ID', 'other'],
    ['CSeq', '2 MESSAGE'],
    ['Max-Forwards', '70'],
    ['f', '<sip:mallory@example.test>;tag=1'],
  ])('has %s once; a second one is answered 400', (name, value) => {
    expect(judged(requestBytes({ lines: [`${name}: ${value}`] }))).toBe('400 parse.header-repeated')
  })

  it.each([
    ['From', '"open <sip:a@b>;tag=1', '400 parse.from-malformed'],
    ['From', '', '400 parse.from-malformed'],
    ['To', '<sip:a@b', '400 parse.to-malformed'],
    ['To', 'bob', '400 parse.to-malformed'],
    ['Call-ID', '', '400 parse.call-id-malformed'],
    ['Via', 'SIP/2.0/UDP', '400 parse.via-malformed'],
    ['Via', 'HTTP/1.1 proxy', '400 parse.via-malformed'],
    ['Via', 'SIP/2.0/UDP h:99999', '400 parse.via-malformed'],
    ['CSeq', '1', '400 parse.cseq-malformed'],
    ['CSeq', 'one MESSAGE', '400 parse.cseq-malformed'],
    ['CSeq', '-1 MESSAGE', '400 parse.cseq-malformed'],
    ['CSeq', '2147483648 MESSAGE', '400 parse.cseq-malformed'],
    ['CSeq', '1 INVITE', '400 parse.cseq-method-differs'],
    ['CSeq', '1 message', '400 parse.cseq-method-differs'],
    ['Max-Forwards', '256', '400 parse.max-forwards-malformed'],
    ['Max-Forwards', 'many', '400 parse.max-forwards-malformed'],
    ['Max-Forwards', '', '400 parse.max-forwards-malformed'],
  ])('with %s: %s is answered %s', (name, value, outcome) => {
    expect(judged(requestBytes({ headers: { [name]: value } }))).toBe(outcome)
  })

  it.each(['2147483647 MESSAGE', '0 MESSAGE', '0001   MESSAGE', '1\tMESSAGE'])('may have CSeq: %s', (value) => {
    expect(request({ headers: { CSeq: value } }).cseq?.method).toBe('MESSAGE')
  })
})

describe('RFC 3261 §17 what is not answered', () => {
  it('an ACK with a fault is dropped', () => {
    expect(judged(requestBytes({ method: 'ACK', headers: { To: 'bad' } }))).toBe('0 parse.to-malformed')
  })

  it.each(['To', 'From', 'Via', 'CSeq', 'Call-ID'])('a response without %s is dropped', (name) => {
    expect(judged(requestBytes({ startLine: 'SIP/2.0 200 OK', headers: { [name]: null } }))).toMatch(/^0 /)
  })

  it('a response may answer any method', () => {
    expect(judged(requestBytes({ startLine: 'SIP/2.0 200 OK', headers: { CSeq: '7 FROBNICATE' } }))).toBe('accepted')
  })
})
