/**
 * The store cannot write: the sender hears it, and nothing is kept, not by half.
 */
import { describe, expect, test } from 'vitest'
import { aorOf, MessagingWorld, message } from '../../support/messaging-world.ts'

describe('a batch that fails', () => {
  test.each(['refused', 'failed'] as const)('%s: 503, and memory forgets the message too', async (reason) => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk', { online: false })
    world.store.failNext(reason)
    const sent = await world.send('alice', 'bob', 'hello')
    expect(world.answerTo(sent)).toMatchObject({ status: 503, reason: 'Store Unavailable' })
    await world.signIn('desk')
    expect([world.records, world.forwards]).toEqual([{}, []])
  })

  test('its operation is not known afterwards: a new try is stored', async () => {
    const world = await MessagingWorld.start()
    const request = message('alice', aorOf('bob'), 'hello', 9)
    world.store.failNext('failed')
    world.sendRequest('alice', request)
    await world.settle()
    const again = world.sendRequest('alice', request)
    await world.settle()
    expect([world.statusOf(again), world.records]).toEqual([202, { 'mailbox-message': 1, operation: 1 }])
  })

  test('a removal that failed is made again, and the device gets nothing twice', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk', { online: false })
    await world.send('alice', 'bob', 'hello')
    await world.signIn('desk')
    world.store.failNext('failed')
    await world.answer('desk', 200)
    await world.advance(60_000)
    expect([world.records, world.forwards]).toEqual([{}, []])
  })

  test('what is on its way meanwhile keeps its place', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk', { online: false })
    for (const text of ['1', '2']) await world.send('alice', 'bob', text)
    await world.signIn('desk')
    world.store.failNext('failed')
    expect(world.statusOf(await world.send('carol', 'bob', 'c'))).toBe(503)
    await world.advance(1_000)
    expect(world.onTheWayTo('desk')).toEqual(['1'])
    await world.answer('desk', 200)
    expect(world.onTheWayTo('desk')).toEqual(['2'])
  })

  test('a late 2xx after a failed 202 removes nothing and breaks nothing', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    const sent = await world.send('alice', 'bob', 'hello')
    world.store.failNext('failed')
    await world.advance(5_100)
    expect(world.statusOf(sent)).toBe(503)
    await world.answer('desk', 200)
    expect(world.records).toEqual({})
    const next = await world.send('alice', 'bob', 'again')
    await world.answer('desk', 200)
    expect(world.statusOf(next)).toBe(200)
  })
})
