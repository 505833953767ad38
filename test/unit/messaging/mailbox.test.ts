/**
 * The mailbox: what no device has taken. Quotas, expiry, and to whom it goes.
 */
import { describe, expect, test } from 'vitest'
import { MessagingWorld } from '../../support/messaging-world.ts'

describe('the mailbox', () => {
  test('goes to the first device that signs in, with or without an instance, in order', async () => {
    const world = await MessagingWorld.start()
    for (const text of ['1', '2', '3']) await world.send('alice', 'bob', text)
    expect(world.records).toEqual({ 'mailbox-message': 3, operation: 3 })
    world.device('bob', 'kiosk', { lasting: false, online: false })
    await world.signIn('kiosk')
    for (const text of ['1', '2', '3']) {
      expect(world.onTheWayTo('kiosk')).toEqual([text])
      await world.answer('kiosk', 200)
    }
    expect([world.records, world.counted('meridian_messages_fetched_total')]).toEqual([{ operation: 3 }, 3])
  })

  test('is offered to one of two newcomers at a time, and to the other if the first will not have it', async () => {
    const world = await MessagingWorld.start()
    await world.send('alice', 'bob', 'hello')
    for (const name of ['a', 'b']) world.device('bob', name, { online: false })
    await world.signIn('a')
    await world.signIn('b')
    expect([world.onTheWayTo('a'), world.onTheWayTo('b')]).toEqual([['hello'], []])
    await world.answer('a', 480)
    await world.advance(20)
    expect([world.onTheWayTo('a'), world.onTheWayTo('b')]).toEqual([[], ['hello']])
    await world.answer('b', 200)
    await world.advance(600_000)
    expect([world.forwards, world.records]).toEqual([[], {}])
  })

  test('is left when a known device takes the message; the others have entries of their own', async () => {
    const world = await MessagingWorld.start()
    for (const name of ['desk', 'phone']) world.device('bob', name, { online: false })
    await world.send('alice', 'bob', 'hello')
    expect(world.records).toEqual({ 'mailbox-message': 1, queue: 2, operation: 1 })
    await world.signIn('desk')
    await world.answer('desk', 200)
    expect(world.records).toEqual({ 'mailbox-message': 1, queue: 1, operation: 1 })
    world.device('bob', 'new', { online: false })
    await world.signIn('new')
    expect(world.onTheWayTo('new')).toEqual([])
    const restarted = await world.crash()
    await restarted.signIn('new')
    await restarted.signIn('phone')
    expect([restarted.onTheWayTo('new'), restarted.onTheWayTo('phone')]).toEqual([[], ['hello']])
  })

  test('keeps what one device refused for the others, and does not ask it again, also after a restart', async () => {
    let world = await MessagingWorld.start()
    world.device('bob', 'desk', { online: false })
    await world.send('alice', 'bob', 'hello')
    await world.signIn('desk')
    await world.answer('desk', 415)
    world = await world.crash()
    await world.signIn('desk')
    expect(world.onTheWayTo('desk')).toEqual([])
    const live = await world.send('alice', 'bob', 'later')
    await world.answer('desk', 200, 'later')
    expect(world.statusOf(live)).toBe(200)
    world.device('bob', 'phone', { online: false })
    await world.signIn('phone')
    await world.answer('phone', 200)
    await world.advance(60_000)
    expect(world.records).toEqual({})
  })
})

describe('quotas', () => {
  test('a full mailbox answers 480 with Retry-After and keeps nothing, not by half', async () => {
    const world = await MessagingWorld.start({ mailboxMessagesMax: 2 })
    world.device('bob', 'desk', { online: false })
    for (const text of ['1', '2']) await world.send('alice', 'bob', text)
    const before = world.records
    const sent = await world.send('alice', 'bob', '3')
    expect(world.answerTo(sent)).toMatchObject({ status: 480, headers: [['Retry-After', '60']] })
    expect([world.records, world.counted('meridian_messages_refused_total{message.mailbox-full}')]).toEqual([before, 1])
    await world.signIn('desk')
    await world.answer('desk', 200)
    world.signOut('desk')
    expect(world.statusOf(await world.send('alice', 'bob', '4'))).toBe(202)
  })

  test('bytes count as well', async () => {
    const world = await MessagingWorld.start({ mailboxBytesMax: 2_000 })
    expect(world.statusOf(await world.send('alice', 'bob', 'x'.repeat(1_000)))).toBe(202)
    expect(world.statusOf(await world.send('alice', 'bob', 'x'.repeat(1_000)))).toBe(480)
  })

  test('do not stop what a device takes, nor the entries of the other devices', async () => {
    const world = await MessagingWorld.start({ mailboxMessagesMax: 0 })
    world.device('bob', 'desk')
    world.device('bob', 'phone', { online: false })
    const sent = await world.send('alice', 'bob', 'hello')
    await world.answer('desk', 200)
    expect([world.statusOf(sent), world.records.queue]).toEqual([200, 1])
  })
})

describe('expiry', () => {
  test('removes what nobody fetched, and counts it', async () => {
    const world = await MessagingWorld.start({ messageExpiryMs: 60_000 })
    world.device('bob', 'phone', { online: false })
    await world.send('alice', 'bob', 'hello')
    await world.advance(80_000)
    expect([world.records, world.counted('meridian_messages_expired_total')]).toEqual([{}, 1])
    expect(world.events()).toContain('message.expired')
  })

  test('follows the Expires of the message where that is earlier (RFC 3428 §5)', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'phone', { online: false })
    await world.send('alice', 'bob', 'lunch?', { headers: [['Expires', '5']] })
    await world.send('alice', 'bob', 'hello')
    await world.advance(5_100)
    await world.signIn('phone')
    expect(world.onTheWayTo('phone')).toEqual(['hello'])
    await world.advance(20_000)
    expect(world.records['mailbox-message']).toBe(1)
  })
})

test('an account that is removed leaves nothing, and who waits hears 404', async () => {
  const world = await MessagingWorld.start()
  world.device('bob', 'phone', { online: false })
  world.device('bob', 'desk')
  await world.send('alice', 'bob', 'old')
  await world.answer('desk', 200)
  const sent = await world.send('alice', 'bob', 'live')
  expect(world.records).toEqual({ 'mailbox-message': 1, queue: 1, operation: 1 })
  await world.removeUser('bob')
  expect([world.statusOf(sent), world.records, world.storedCount('bob')]).toEqual([404, {}, 0])
})

test('the count for administrators is that of the mailbox', async () => {
  const world = await MessagingWorld.start()
  for (const text of ['1', '2']) await world.send('alice', 'bob', text)
  expect(world.storedCount('bob')).toBe(2)
})
