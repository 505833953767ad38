/**
 * Retransmissions that no transaction has caught: by another worker, or after a crash.
 */
import { describe, expect, test } from 'vitest'
import { aorOf, MessagingWorld, message } from '../../support/messaging-world.ts'

const request = message('alice', aorOf('bob'), 'hello', 77)

describe('a known operation', () => {
  test('gets the same answer and no second effect', async () => {
    const world = await MessagingWorld.start()
    const first = world.sendRequest('alice', request)
    await world.settle()
    const second = world.sendRequest('alice', request)
    await world.settle()
    expect([world.statusOf(first), world.statusOf(second), world.records]).toEqual([
      202,
      202,
      { 'mailbox-message': 1, operation: 1 },
    ])
  })

  test('gets it after a crash too (P1)', async () => {
    let world = await MessagingWorld.start()
    world.device('bob', 'desk', { online: false })
    world.sendRequest('alice', request)
    await world.settle()
    world = await world.crash()
    const again = world.sendRequest('alice', request)
    await world.settle()
    expect([world.statusOf(again), world.records]).toEqual([202, { 'mailbox-message': 1, queue: 1, operation: 1 }])
  })

  test('waits with the first while it runs; only the first proves an identity', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    const first = world.sendRequest('alice', request)
    const second = world.sendRequest('alice', request)
    await world.settle()
    expect(world.onTheWayTo('desk')).toEqual(['hello'])
    await world.answer('desk', 200)
    expect(world.answerTo(first)).toMatchObject({ status: 200, identity: { epoch: 1 } })
    expect(world.answerTo(second)).toMatchObject({ status: 200, identity: null })
  })

  test('is forgotten after 64·T1, with its record', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk', { online: false })
    world.sendRequest('alice', request)
    await world.settle()
    await world.signIn('desk')
    await world.answer('desk', 200)
    expect(world.records).toEqual({ operation: 1 })
    await world.advance(60_000)
    expect(world.records).toEqual({})
  })

  test('does not answer before what it promised is flushed (P1)', async () => {
    const world = await MessagingWorld.start()
    world.autoFlush = false
    const numbers = [world.sendRequest('alice', request)]
    await world.settle()
    numbers.push(world.sendRequest('alice', request))
    await world.settle()
    expect(numbers.map((number) => world.statusOf(number))).toEqual([null, null])
    world.store.flush()
    await world.settle()
    expect(numbers.map((number) => world.statusOf(number))).toEqual([202, 202])
  })
})

describe('credentials that were used before', () => {
  test('get their answer only if the operation is known, and never an identity', async () => {
    const world = await MessagingWorld.start()
    const stranger = await world.deliverStale('alice', 'bob', request)
    expect([world.statusOf(stranger), world.records]).toEqual([401, {}])
    const first = world.sendRequest('alice', request)
    await world.settle()
    const again = await world.deliverStale('alice', 'bob', request)
    expect([world.statusOf(first), world.statusOf(again)]).toEqual([202, 202])
    expect(world.answerTo(again)?.identity).toBeNull()
  })
})
