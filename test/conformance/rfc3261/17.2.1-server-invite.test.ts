/**
 * INVITE server transaction (RFC 3261 §17.2.1), as complete transcripts at virtual time. 2xx: ../rfc6026.
 */
import { describe, expect, test } from 'vitest'
import { checkScript, exampleRequest, parsed, ServerWorld } from '../../support/transaction-script.ts'

describe('RFC 3261 §17.2.1: proceeding', () => {
  test('a user that is silent for 200 ms is spared the 100', () => {
    checkScript(`
      server INVITE udp
      0 state proceeding
      200 > 100
      250 again
      250 > 100
      99000 state proceeding
    `)
  })

  test('a user that has answered by then keeps the word', () => {
    checkScript(`
      server INVITE udp
      100 respond 180
      100 > 180
      250 again
      250 > 180
      300 respond 183
      300 > 183
      350 again
      350 > 183
      99000 timers 0
    `)
  })

  test('a copy that comes before any response gets none', () => {
    checkScript(`
      server INVITE udp
      100 again
      200 > 100
    `)
  })

  test('our 100 has the tagless To of the request, and says where the request came from (RFC 3581)', () => {
    const world = new ServerWorld(exampleRequest('INVITE'), false)
    world.time.advanceTo(200)
    const trying = parsed(world.sent[0]!)
    expect(trying.statusCode).toBe(100)
    expect(trying.to?.tag).toBeNull()
    expect(trying.topVia).toMatchObject({ received: '192.0.2.1', rport: 5061, branch: 'z9hG4bK1' })
  })

  test('an ACK means nothing yet', () => {
    checkScript(`
      server INVITE udp
      100 ack
      100 state proceeding
    `)
  })
})

describe('RFC 3261 §17.2.1: a failure over an unreliable transport', () => {
  test('is sent again after T1, twice as long up to T2, until timer H gives up at 64·T1', () => {
    checkScript(`
      server INVITE udp
      0 respond 486
      0 > 486
      0 state completed
      500 > 486
      1500 > 486
      3500 > 486
      7500 > 486
      11500 > 486
      15500 > 486
      19500 > 486
      23500 > 486
      27500 > 486
      31500 > 486
      32000 user timeout
      32000 user terminated
      32000 timers 0
      99000 end
    `)
  })

  test('answers each copy of the INVITE', () => {
    checkScript(`
      server INVITE udp
      0 respond 486
      0 > 486
      100 again
      100 > 486
      110 ack
    `)
  })

  test('rests once acknowledged, and absorbs copies and ACKs for T4', () => {
    checkScript(`
      server INVITE udp
      0 respond 100
      0 > 100
      10 respond 486
      10 > 486
      100 ack
      100 state confirmed
      100 timers 1
      200 ack
      300 again
      5100 user terminated
      99000 timers 0
    `)
  })

  test('is the last word: no other response follows', () => {
    checkScript(`
      server INVITE udp
      0 respond 486
      0 > 486
      100 respond 180
      110 respond 200
      120 respond 500
      130 again
      130 > 486
      140 ack
      150 respond 200
      150 state confirmed
    `)
  })
})

describe('RFC 3261 §17.2.1: a failure over a reliable transport', () => {
  test('is sent once, and waits for its ACK up to timer H', () => {
    checkScript(`
      server INVITE tcp
      0 respond 486
      0 > 486
      0 timers 1
      32000 user timeout
      32000 user terminated
      99000 end
    `)
  })

  test('timer I is zero: the ACK ends it at once', () => {
    checkScript(`
      server INVITE tcp
      0 respond 486
      0 > 486
      100 ack
      100 user terminated
      100 timers 0
      99000 end
    `)
  })
})
