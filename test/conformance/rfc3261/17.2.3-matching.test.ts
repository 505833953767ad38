/**
 * Which transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3, §9.2).
 */
import { describe, expect, test } from 'vitest'
import { encodeRequest, encodeResponse } from '../../../src/sip/message/encode.ts'
import type { SipMessage } from '../../../src/sip/message/sip-message.ts'
import {
  cancelledTransactionKey,
  clientKey,
  clientTransactionKey,
  serverTransactionKey,
} from '../../../src/sip/transaction/match.ts'
import { type ExampleHeaders, exampleRequest, parsed, ServerWorld } from '../../support/transaction-script.ts'

const via = 'SIP/2.0/UDP desk.example.test:5060;branch=z9hG4bKabc'

function key(method: string, headers: ExampleHeaders = {}): string {
  return serverTransactionKey(exampleRequest(method, { via, ...headers }))
}

describe('RFC 3261 §17.2.3: requests with the magic cookie', () => {
  test('the same branch, sent-by and method are one transaction, whatever else differs', () => {
    const other = { callId: 'other', from: '<sip:x@y>;tag=z', cseq: '9 MESSAGE', requestUri: 'sip:carol@example.test' }
    expect(key('MESSAGE', other)).toBe(key('MESSAGE'))
    expect(key('MESSAGE', { via: `${via};rport=99;received=192.0.2.7` })).toBe(key('MESSAGE'))
    expect(key('MESSAGE', { via: `${via}, SIP/2.0/UDP far.test;branch=z9hG4bKq` })).toBe(key('MESSAGE'))
  })

  test.each([
    ['branch', { via: 'SIP/2.0/UDP desk.example.test:5060;branch=z9hG4bKabd' }],
    ['case of the branch', { via: 'SIP/2.0/UDP desk.example.test:5060;branch=z9hG4bKABC' }],
    ['host', { via: 'SIP/2.0/UDP lap.example.test:5060;branch=z9hG4bKabc' }],
    ['port', { via: 'SIP/2.0/UDP desk.example.test:5062;branch=z9hG4bKabc' }],
    ['absent port', { via: 'SIP/2.0/UDP desk.example.test;branch=z9hG4bKabc' }],
  ])('another %s is another transaction', (_what, headers) => {
    expect(key('MESSAGE', headers)).not.toBe(key('MESSAGE'))
  })

  test('another method is another transaction', () => {
    expect(key('INFO')).not.toBe(key('MESSAGE'))
    expect(key('CANCEL')).not.toBe(key('INVITE'))
  })

  test('host names are compared without case', () => {
    expect(key('MESSAGE', { via: via.replace('desk', 'DESK') })).toBe(key('MESSAGE'))
  })

  test('the ACK of a failure belongs to its INVITE', () => {
    expect(key('ACK')).toBe(key('INVITE'))
  })
})

describe('RFC 3261 §17.2.3: peers without the cookie (RFC 2543)', () => {
  const old = { via: 'SIP/2.0/UDP desk.example.test;branch=1', cseq: '7 MESSAGE' }

  test.each([
    ['the bare cookie is none', { via: 'SIP/2.0/UDP desk.example.test;branch=z9hG4b' }],
    ['a branch of their own', old],
    ['no branch at all', { via: 'SIP/2.0/UDP desk.example.test' }],
  ])('copies of a request are one transaction: %s', (_why, headers) => {
    expect(key('MESSAGE', headers)).toBe(key('MESSAGE', { ...headers }))
    expect(key('MESSAGE', headers)).not.toBe(key('MESSAGE', { ...headers, callId: 'other' }))
  })

  test.each([
    ['Request-URI', { requestUri: 'sip:carol@example.test' }],
    ['To tag', { to: '<sip:bob@example.test>;tag=b' }],
    ['From tag', { from: '<sip:alice@example.test>;tag=other' }],
    ['Call-ID', { callId: 'other' }],
    ['CSeq', { cseq: '8 MESSAGE' }],
    ['top Via', { via: 'SIP/2.0/UDP desk.example.test;branch=2' }],
  ])('another %s is another transaction', (_what, headers) => {
    expect(key('MESSAGE', { ...old, ...headers })).not.toBe(key('MESSAGE', old))
  })

  test('what else stands in From and To makes no difference', () => {
    const renamed = { from: '"A" <sip:alice@example.test>;tag=a', to: '"B" <sip:bob@example.test>' }
    expect(key('MESSAGE', { ...old, ...renamed })).toBe(key('MESSAGE', old))
  })

  test('the ACK finds its INVITE although its To has the tag of the response', () => {
    const tagged = { ...old, cseq: '7 ACK', to: '<sip:bob@example.test>;tag=b' }
    expect(key('ACK', tagged)).toBe(key('INVITE', { ...old, cseq: '7 INVITE' }))
  })

  test('and counts only if that tag is the one that was sent', () => {
    const invite = exampleRequest('INVITE', { via: old.via })
    const world = new ServerWorld(invite, false)
    world.respond(486, 'right')
    const ack = (tag: string) =>
      exampleRequest('ACK', { via: old.via, cseq: '7 ACK', to: `<sip:bob@example.test>;tag=${tag}` })
    expect(world.server.receiveAck(ack('wrong'))).toBe(false)
    expect(world.server.state).toBe('completed')
    expect(world.server.receiveAck(ack('right'))).toBe(true)
    expect(world.server.state).toBe('confirmed')
  })

  test('an ACK before any response counts for nothing', () => {
    const world = new ServerWorld(exampleRequest('INVITE', { via: old.via }), false)
    expect(world.server.receiveAck(exampleRequest('ACK', { via: old.via, cseq: '7 ACK' }))).toBe(false)
  })

  test('no peer can write a key of headers that looks like one of a branch', () => {
    const forged = exampleRequest('MESSAGE', { via: 'SIP/2.0/UDP h;branch=rfc2543' })
    expect(serverTransactionKey(forged).startsWith('z9hG4bK')).toBe(false)
  })
})

describe('RFC 3261 §9.2: a CANCEL', () => {
  test('names the INVITE with the same branch and sent-by', () => {
    const cancel = exampleRequest('CANCEL', { via, cseq: '7 CANCEL' })
    expect(cancelledTransactionKey(cancel)).toBe(key('INVITE'))
  })

  test('of a peer without the cookie names the INVITE with the same headers', () => {
    const old = { via: 'SIP/2.0/UDP desk.example.test;branch=1' }
    const cancel = exampleRequest('CANCEL', old)
    expect(cancelledTransactionKey(cancel)).toBe(key('INVITE', old))
  })
})

describe('RFC 3261 §17.1.3: responses', () => {
  function response(request: SipMessage): SipMessage {
    return parsed(encodeResponse(request, 200, { toTag: 'b' }))
  }

  test('belong to the request of ours with that branch and CSeq method', () => {
    expect(clientTransactionKey(response(exampleRequest('MESSAGE', { via })))).toBe(clientKey('z9hG4bKabc', 'MESSAGE'))
  })

  test('to a CANCEL and to its INVITE differ in the method only', () => {
    const invite = clientTransactionKey(response(exampleRequest('INVITE', { via })))
    const cancel = clientTransactionKey(response(exampleRequest('CANCEL', { via })))
    expect([invite, cancel]).toEqual([clientKey('z9hG4bKabc', 'INVITE'), clientKey('z9hG4bKabc', 'CANCEL')])
  })

  test('without a branch belong to nobody', () => {
    const headers = [
      ['Via', 'SIP/2.0/UDP desk.example.test'],
      ['From', '<sip:alice@example.test>;tag=a'],
      ['To', '<sip:bob@example.test>'],
      ['Call-ID', 'call1'],
      ['CSeq', '7 MESSAGE'],
    ] as const
    const request = parsed(encodeRequest({ method: 'MESSAGE', requestUri: 'sip:bob@example.test', headers }))
    expect(clientTransactionKey(response(request))).toBe('')
  })
})
