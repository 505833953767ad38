/**
 * 2xx responses to INVITE (RFC 6026): the accepted states of both sides.
 */
import { describe, expect, test } from 'vitest'
import { checkScript, serverWorld } from '../../support/transaction-script.ts'

describe.each(['udp', 'tcp'])('RFC 6026 §7.2, §8.4: the client over %s', (transport) => {
  test('hands every 2xx to its user, whichever branch it is of, until timer M ends it at 64·T1', () => {
    checkScript(`
      client INVITE ${transport}
      0 start
      0 > INVITE
      100 receive 200 one
      100 user 200
      100 state accepted
      100 timers 1
      600 receive 200 one
      600 user 200
      700 receive 200 two
      700 user 200
      32100 user terminated
      32110 receive 200 one
      99000 timers 0
    `)
  })

  test('hears no failure and no provisional any more, and sends no ACK of its own', () => {
    checkScript(`
      client INVITE ${transport}
      0 start
      0 > INVITE
      100 receive 180
      100 user 180
      200 receive 200
      200 user 200
      300 receive 486
      400 receive 180
      400 state accepted
    `)
  })

  test('stays when the transport fails: the 2xx of another branch may come by another way', () => {
    checkScript(`
      client INVITE ${transport}
      0 start
      0 > INVITE
      200 receive 200
      200 user 200
      300 error
      300 state accepted
    `)
  })
})

describe.each(['udp', 'tcp'])('RFC 6026 §7.1, §8.5: the server over %s', (transport) => {
  test('absorbs copies of the INVITE after a 2xx, until timer L ends it at 64·T1', () => {
    checkScript(`
      server INVITE ${transport}
      0 respond 200
      0 > 200
      0 state accepted
      500 again
      1500 again
      32000 user terminated
      32000 timers 0
      99000 end
    `)
  })

  test('sends the 2xx again as often as its user says, and of other branches too', () => {
    checkScript(`
      server INVITE ${transport}
      0 respond 180
      0 > 180
      100 respond 200 one
      100 > 200
      600 respond 200 one
      600 > 200
      700 respond 200 two
      700 > 200
      32100 user terminated
    `)
  })

  test('sends neither failure nor provisional after a 2xx', () => {
    checkScript(`
      server INVITE ${transport}
      0 respond 200
      0 > 200
      100 respond 486
      200 respond 180
      200 state accepted
    `)
  })

  test('leaves the ACK of a 2xx to its user', () => {
    checkScript(`
      server INVITE ${transport}
      0 respond 200
      0 > 200
      100 ack
      100 user not mine
      100 state accepted
    `)
  })
})

test('RFC 6026 §8.8: a server that cannot send stays in its state', () => {
  const world = serverWorld('INVITE', 'udp')
  world.send = () => {}
  world.respond(486)
  expect(world.server.state).toBe('completed')
  world.ack()
  expect(world.server.state).toBe('confirmed')
})
