/**
 * INVITE client transaction (RFC 3261 §17.1.1), as complete transcripts at virtual time.
 */
import { describe, expect, test } from 'vitest'
import { encodeRequest } from '../../../src/sip/message/encode.ts'
import { encodeFailureAck } from '../../../src/sip/transaction/ack.ts'
import { ClientWorld, checkScript, exampleRequest, parsed } from '../../support/transaction-script.ts'

describe('RFC 3261 §17.1.1.2: over an unreliable transport', () => {
  test('the INVITE is sent again after T1 and each time after twice as long, until timer B ends it at 64·T1', () => {
    checkScript(`
      client INVITE udp
      0 start
      0 > INVITE
      0 state calling
      500 > INVITE
      1500 > INVITE
      3500 > INVITE
      7500 > INVITE
      15500 > INVITE
      31500 > INVITE
      32000 user timeout
      32000 user terminated
      32000 state terminated
      32000 timers 0
      99000 end
    `)
  })

  test('a provisional response ends the copies, and ringing may last as long as the user likes', () => {
    checkScript(`
      client INVITE udp
      0 start
      0 > INVITE
      500 > INVITE
      700 receive 100
      700 user 100
      700 state proceeding
      700 timers 0
      9000 receive 180
      9000 user 180
      99000 state proceeding
    `)
  })

  test('a failure is acknowledged, told once, and its copies are acknowledged for 32 s', () => {
    checkScript(`
      client INVITE udp
      0 start
      0 > INVITE
      100 receive 486
      100 > ACK
      100 user 486
      100 state completed
      600 receive 486
      600 > ACK
      32090 receive 486
      32090 > ACK
      32100 user terminated
      32110 receive 486
      99000 end
    `)
  })

  test('a failure after ringing is acknowledged too', () => {
    checkScript(`
      client INVITE udp
      0 start
      0 > INVITE
      100 receive 180
      100 user 180
      200 receive 603
      200 > ACK
      200 user 603
      200 state completed
    `)
  })

  test('after the failure no other response reaches the user', () => {
    checkScript(`
      client INVITE udp
      0 start
      0 > INVITE
      100 receive 486
      100 > ACK
      100 user 486
      200 receive 180
      300 receive 200
      300 state completed
    `)
  })
})

describe('RFC 3261 §17.1.1.2: over a reliable transport', () => {
  test('the INVITE is never sent again, and timer B still ends it', () => {
    checkScript(`
      client INVITE tcp
      0 start
      0 > INVITE
      0 timers 1
      32000 user timeout
      32000 user terminated
      99000 end
    `)
  })

  test('timer D is zero: a failure ends it at once, after ACK and user', () => {
    checkScript(`
      client INVITE tcp
      0 start
      0 > INVITE
      100 receive 486
      100 > ACK
      100 user 486
      100 user terminated
      100 timers 0
      99000 end
    `)
  })
})

describe('RFC 3261 §17.1.4: a transport error', () => {
  test.each(['calling', 'proceeding', 'completed'])('ends it and is told to the user (%s)', (state) => {
    const world = new ClientWorld('INVITE', false)
    world.client.start()
    if (state === 'proceeding') world.client.receive(world.response(180))
    if (state === 'completed') world.client.receive(world.response(486))
    expect(world.client.state).toBe(state)
    world.transcript.length = 0
    world.client.transportError()
    world.client.transportError()
    expect(world.transcript).toEqual(['0 user failed', '0 user terminated'])
    expect(world.time.timers.size).toBe(0)
  })

  test('from within the sending of the first copy leaves no timer behind', () => {
    const world = new ClientWorld('INVITE', false)
    world.send = () => world.client.transportError()
    world.client.start()
    expect(world.transcript).toEqual(['0 user failed', '0 user terminated'])
    expect(world.time.timers.size).toBe(0)
  })
})

describe('a user may end a transaction from within a call', () => {
  test('and no timer of the step is started afterwards', () => {
    const world = new ClientWorld('INVITE', false)
    world.onResponse = () => world.client.terminate()
    world.client.start()
    world.client.receive(world.response(200))
    expect(world.transcript).toEqual(['0 > INVITE', '0 user 200', '0 user terminated'])
    expect(world.time.timers.size).toBe(0)
  })

  test('and hears of it once', () => {
    checkScript(`
      client INVITE udp
      0 start
      0 > INVITE
      100 terminate
      100 user terminated
      200 terminate
      99000 timers 0
    `)
  })
})

describe('RFC 3261 §17.1.1.3: the ACK for a failure', () => {
  const invite = parsed(
    encodeRequest({
      method: 'INVITE',
      requestUri: 'sip:bob@10.0.0.9;transport=tcp',
      headers: [
        ['Via', 'SIP/2.0/TCP edge.example.test;branch=z9hG4bK2, SIP/2.0/UDP desk.example.test;branch=z9hG4bK1'],
        ['Via', 'SIP/2.0/UDP far.example.test;branch=z9hG4bK0'],
        ['Route', '<sip:p1.example.test;lr>, <sip:p2.example.test;lr>'],
        ['Route', '<sip:p3.example.test;lr>'],
        ['Max-Forwards', '12'],
        ['From', '"Alice" <sip:alice@example.test>;tag=a'],
        ['To', '<sip:bob@example.test>'],
        ['Call-ID', 'call1'],
        ['CSeq', '7 INVITE'],
        ['Supported', '100rel'],
      ],
      contentType: 'application/sdp',
      body: Buffer.from('v=0\r\n'),
    }),
  )
  const client = new ClientWorld('INVITE', true)
  const ack = parsed(encodeFailureAck(invite, client.response(486, 'xyz')))

  test('has Request-URI, Call-ID, From and CSeq number of the INVITE, and the method ACK', () => {
    expect(ack.requestUri).toBe('sip:bob@10.0.0.9;transport=tcp')
    expect([ack.callId, ack.named('From'), ack.named('CSeq')]).toEqual([
      'call1',
      '"Alice" <sip:alice@example.test>;tag=a',
      '7 ACK',
    ])
  })

  test('has the To of the response, with its tag', () => {
    expect(ack.to?.tag).toBe('xyz')
  })

  test('has one Via, the top one of the INVITE', () => {
    expect(ack.named('Via')).toBe('SIP/2.0/TCP edge.example.test;branch=z9hG4bK2')
    expect(Array.from({ length: ack.headersCount }, (_, line) => ack.headerAt(line).name)).toEqual([
      'Via',
      'Route',
      'Route',
      'Max-Forwards',
      'From',
      'To',
      'Call-ID',
      'CSeq',
      'Content-Length',
    ])
  })

  test('has the Route of the INVITE, and no body', () => {
    expect(ack.named('Route')).toBe('<sip:p1.example.test;lr>, <sip:p2.example.test;lr>')
    expect(ack.body.length).toBe(0)
  })

  test('names for each response that response’s own tag', () => {
    const world = new ClientWorld('INVITE', false)
    world.client.start()
    world.client.receive(world.response(486, 'one'))
    world.client.receive(world.response(486, 'two'))
    expect(world.sent.slice(1).map((bytes) => parsed(bytes).to?.tag)).toEqual(['one', 'two'])
  })

  test('is built from a request that came as bytes only', () => {
    const world = new ClientWorld('INVITE', true)
    expect(world.request.bytes.equals(exampleRequest('INVITE').bytes)).toBe(true)
    world.client.start()
    world.client.receive(world.response(404))
    expect(parsed(world.sent[1]!).named('Via')).toBe(world.request.named('Via'))
  })
})
