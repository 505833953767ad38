/**
 * Non-INVITE client transaction (RFC 3261 §17.1.2), as complete transcripts at virtual time.
 */
import { describe, expect, test } from 'vitest'
import { ClientWorld, checkScript } from '../../support/transaction-script.ts'

describe('RFC 3261 §17.1.2.2: over an unreliable transport', () => {
  test('copies follow after T1, twice as long, and so on up to T2, until timer F ends it at 64·T1', () => {
    checkScript(`
      client MESSAGE udp
      0 start
      0 > MESSAGE
      0 state trying
      500 > MESSAGE
      1500 > MESSAGE
      3500 > MESSAGE
      7500 > MESSAGE
      11500 > MESSAGE
      15500 > MESSAGE
      19500 > MESSAGE
      23500 > MESSAGE
      27500 > MESSAGE
      31500 > MESSAGE
      32000 user timeout
      32000 user terminated
      32000 timers 0
      99000 end
    `)
  })

  test('a provisional response slows the copies down to one each T2, and timer F goes on', () => {
    checkScript(`
      client MESSAGE udp
      0 start
      0 > MESSAGE
      200 receive 100
      200 user 100
      200 state proceeding
      500 > MESSAGE
      4500 > MESSAGE
      5000 receive 100
      5000 user 100
      8500 > MESSAGE
      12500 > MESSAGE
      16500 > MESSAGE
      20500 > MESSAGE
      24500 > MESSAGE
      28500 > MESSAGE
      32000 user timeout
      32000 user terminated
      99000 end
    `)
  })

  test('a final response is told once, its copies are absorbed for T4', () => {
    checkScript(`
      client MESSAGE udp
      0 start
      0 > MESSAGE
      100 receive 200
      100 user 200
      100 state completed
      100 timers 1
      200 receive 200
      300 receive 404
      400 receive 100
      5100 user terminated
      99000 end
    `)
  })

  test('a failure is no more than any final response: no ACK', () => {
    checkScript(`
      client MESSAGE udp
      0 start
      0 > MESSAGE
      100 receive 100
      100 user 100
      200 receive 503
      200 user 503
      5200 user terminated
    `)
  })
})

describe('RFC 3261 §17.1.2.2: over a reliable transport', () => {
  test('there are no copies, and timer F ends it', () => {
    checkScript(`
      client MESSAGE tcp
      0 start
      0 > MESSAGE
      0 timers 1
      9000 receive 100
      9000 user 100
      32000 user timeout
      32000 user terminated
      99000 end
    `)
  })

  test('timer K is zero: it ends with its final response, and holds no timer', () => {
    checkScript(`
      client MESSAGE tcp
      0 start
      0 > MESSAGE
      100 receive 202
      100 user 202
      100 user terminated
      100 state terminated
      100 timers 0
      200 receive 202
      99000 end
    `)
  })
})

describe('RFC 3261 §17.1.4: a transport error', () => {
  test.each(['trying', 'proceeding'])('ends it and is told to the user (%s)', (state) => {
    const world = new ClientWorld('MESSAGE', false)
    world.client.start()
    if (state === 'proceeding') world.client.receive(world.response(100))
    expect(world.client.state).toBe(state)
    world.transcript.length = 0
    world.client.transportError()
    expect(world.transcript).toEqual(['0 user failed', '0 user terminated'])
    expect(world.time.timers.size).toBe(0)
  })

  test('after the final response is nobody’s concern', () => {
    const world = new ClientWorld('MESSAGE', false)
    world.client.start()
    world.client.receive(world.response(200))
    world.transcript.length = 0
    world.client.transportError()
    expect(world.transcript).toEqual([])
  })
})
