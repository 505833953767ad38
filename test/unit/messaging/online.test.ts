/**
 * The online cases of the delivery table (RFC 3428 §7) over a real shard.
 */
import { describe, expect, test } from 'vitest'
import { MessagingWorld } from '../../support/messaging-world.ts'

describe('a recipient with one device on line', () => {
  test('gets the message at once, and the sender the device’s own 200; nothing is written (RFC 3428 §7)', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    const sent = await world.send('alice', 'bob', 'hello')
    expect(world.onTheWayTo('desk')).toEqual(['hello'])
    expect(world.answerTo(sent)).toBeNull()
    await world.answer('desk', 200)
    expect(world.answerTo(sent)).toMatchObject({ status: 200, identity: { epoch: 1 } })
    expect(world.answerTo(sent)?.response?.to?.tag).toBe('desk')
    await world.advance(120_000)
    expect([world.records, world.counted('meridian_messages_delivered_total')]).toEqual([{}, 1])
  })

  test('is stored for when it does not answer in time, and a late 2xx removes it', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    const sent = await world.send('alice', 'bob', 'hello')
    await world.advance(4_900)
    expect(world.statusOf(sent)).toBeNull()
    await world.advance(200)
    expect([world.statusOf(sent), world.records]).toEqual([202, { 'mailbox-message': 1, queue: 1, operation: 1 }])
    await world.answer('desk', 200)
    expect(world.records).toEqual({ operation: 1 })
  })
})

test('without a device the message waits in the mailbox for the first that signs in', async () => {
  const world = await MessagingWorld.start()
  const sent = await world.send('alice', 'bob', 'hello')
  expect([world.statusOf(sent), world.records]).toEqual([202, { 'mailbox-message': 1, operation: 1 }])
  world.device('bob', 'desk', { online: false })
  await world.signIn('desk')
  expect(world.onTheWayTo('desk')).toEqual(['hello'])
  await world.answer('desk', 200)
  expect(world.records).toEqual({ operation: 1 })
})
