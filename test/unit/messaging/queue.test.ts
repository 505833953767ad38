/**
 * Queues of devices: order, how many at once, what a full queue loses, pauses, and what is set aside.
 */
import { describe, expect, test } from 'vitest'
import { MessagingWorld } from '../../support/messaging-world.ts'

async function worldWithPhone(settings = {}): Promise<MessagingWorld> {
  const world = await MessagingWorld.start({ requestsPerSecond: 0, ...settings })
  world.device('bob', 'phone', { online: false })
  return world
}

describe('order per sender and device', () => {
  test('one message of a sender at a time, the next when the device has answered', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    const sent = [await world.send('alice', 'bob', '1'), await world.send('alice', 'bob', '2')]
    expect(world.onTheWayTo('desk')).toEqual(['1'])
    await world.answer('desk', 200)
    expect(world.onTheWayTo('desk')).toEqual(['2'])
    await world.answer('desk', 200)
    expect([sent.map((number) => world.statusOf(number)), world.records]).toEqual([[200, 200], {}])
  })

  test('messages of different senders do not wait for each other', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    await world.send('alice', 'bob', 'a')
    await world.send('carol', 'bob', 'c')
    expect(world.onTheWayTo('desk')).toEqual(['a', 'c'])
  })

  test('holds across the change from stored to live: a device with a queue gets live messages through it', async () => {
    const world = await worldWithPhone()
    await world.send('alice', 'bob', '1')
    await world.signIn('phone')
    const live = await world.send('alice', 'bob', '2')
    expect([world.statusOf(live), world.onTheWayTo('phone')]).toEqual([202, ['1']])
    await world.answer('phone', 200)
    await world.answer('phone', 200, '2')
    expect(world.records).toEqual({ operation: 2 })
    const next = await world.send('alice', 'bob', '3')
    await world.answer('phone', 200)
    expect(world.statusOf(next)).toBe(200)
  })

  test('a message that waits behind one that is not taken is stored behind it', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    const sent = [await world.send('alice', 'bob', '1'), await world.send('alice', 'bob', '2')]
    await world.answer('desk', 480)
    await world.advance(20)
    expect(sent.map((number) => world.statusOf(number))).toEqual([202, 202])
    await world.signIn('desk')
    expect(world.onTheWayTo('desk')).toEqual(['1'])
    await world.answer('desk', 200)
    expect(world.onTheWayTo('desk')).toEqual(['2'])
  })

  test('a newcomer does not get a later message before the one that is being delivered', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    await world.send('alice', 'bob', '1')
    world.device('bob', 'phone')
    await world.send('alice', 'bob', '2')
    expect([world.onTheWayTo('desk'), world.onTheWayTo('phone')]).toEqual([['1'], []])
    await world.answer('desk', 200)
    await world.advance(20)
    expect([world.onTheWayTo('desk'), world.onTheWayTo('phone')]).toEqual([['2'], ['1']])
  })

  test('a device that leaves before its turn is away: the sender does not wait for it', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    await world.send('alice', 'bob', '1')
    const second = await world.send('alice', 'bob', '2')
    world.signOut('desk')
    await world.answer('desk', 0)
    await world.advance(20)
    expect(world.statusOf(second)).toBe(202)
  })
})

describe('a queue', () => {
  test('sends up to eight messages at once, each of another sender', async () => {
    const world = await worldWithPhone()
    for (let n = 0; n < 10; n++) for (const text of ['1', '2']) await world.send(`user${n}`, 'bob', `${n} ${text}`)
    await world.signIn('phone')
    expect(world.onTheWayTo('phone')).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((n) => `${n} 1`))
    await world.answer('phone', 200, '3 1')
    expect(world.onTheWayTo('phone')).toHaveLength(8)
    expect(world.onTheWayTo('phone')).toContain('3 2')
  })

  test('that is full loses its oldest entries that another device has taken, and counts them', async () => {
    const world = await worldWithPhone({ deviceQueueMax: 2 })
    world.device('bob', 'desk')
    for (const text of ['1', '2', '3']) {
      await world.send('alice', 'bob', text)
      await world.answer('desk', 200)
    }
    expect([world.records.queue, world.counted('meridian_messages_dropped_total')]).toEqual([2, 1])
    await world.signIn('phone')
    expect(world.onTheWayTo('phone')).toEqual(['2'])
  })

  test('that is full of what nobody has taken grows on: the mailbox bounds it', async () => {
    const world = await worldWithPhone({ deviceQueueMax: 2 })
    for (const text of ['1', '2', '3']) await world.send('alice', 'bob', text)
    expect([world.records.queue, world.counted('meridian_messages_dropped_total')]).toEqual([3, 0])
  })

  test('two full queues that drop the same message leave no record of it', async () => {
    const world = await worldWithPhone({ deviceQueueMax: 1 })
    world.device('bob', 'tablet', { online: false })
    world.device('bob', 'desk')
    for (const text of ['1', '2']) {
      await world.send('alice', 'bob', text)
      await world.answer('desk', 200)
    }
    expect(world.records).toEqual({ 'mailbox-message': 1, queue: 2, operation: 2 })
  })

  test('asks a device that says not now again after 5 s, then after 10 s; other senders do not wait', async () => {
    const world = await worldWithPhone()
    await world.send('alice', 'bob', 'a')
    await world.send('carol', 'bob', 'c')
    await world.signIn('phone')
    await world.answer('phone', 486, 'a')
    expect(world.onTheWayTo('phone')).toEqual(['c'])
    await world.advance(4_900)
    expect(world.onTheWayTo('phone')).toEqual(['c'])
    await world.advance(200)
    await world.answer('phone', 486, 'a')
    await world.advance(9_800)
    expect(world.onTheWayTo('phone')).toEqual(['c'])
    await world.advance(300)
    expect(world.onTheWayTo('phone')).toEqual(['c', 'a'])
  })

  test('is sent only after the flush of what it rests on (P1)', async () => {
    const world = await worldWithPhone()
    world.autoFlush = false
    await world.send('alice', 'bob', '1')
    await world.signIn('phone')
    expect(world.onTheWayTo('phone')).toEqual([])
    world.store.flush()
    await world.settle()
    expect(world.onTheWayTo('phone')).toEqual(['1'])
  })
})

test('a device that comes back on a new flow gets at once what hung on the old one (RFC 5626 §5.3)', async () => {
  const world = await MessagingWorld.start()
  world.device('bob', 'desk')
  const sent = await world.send('alice', 'bob', 'hello')
  const old = world.forwards.shift()
  await world.signIn('desk')
  expect([world.forwards.length, world.forwards[0]?.target.flow]).toEqual([1, world.flowOf('desk')])
  await world.answer('desk', 200)
  if (old) world.report(old, 0)
  expect([world.statusOf(sent), world.records]).toEqual([200, {}])
  expect(world.counted('meridian_messages_repeated_total{flow-lost}')).toBe(1)
})

test('what a device says late by its old flow counts, if it is that it has the message (RFC 5626 §5.3)', async () => {
  const world = await MessagingWorld.start()
  world.device('bob', 'desk')
  const sent = await world.send('alice', 'bob', 'hello')
  const old = world.forwards.shift()!
  await world.signIn('desk')
  world.report(old, 200)
  await world.settle()
  expect([world.statusOf(sent), world.records]).toEqual([200, {}])
  await world.answer('desk', 480)
  await world.advance(60_000)
  expect([world.forwards, world.records]).toEqual([[], {}])
})

test('a refusal that comes late by an old flow says nothing about the new one', async () => {
  const world = await MessagingWorld.start()
  world.device('bob', 'desk')
  const sent = await world.send('alice', 'bob', 'hello')
  const old = world.forwards.shift()!
  await world.signIn('desk')
  world.report(old, 488)
  await world.settle()
  expect([world.statusOf(sent), world.onTheWayTo('desk')]).toEqual([null, ['hello']])
  await world.answer('desk', 200)
  expect(world.statusOf(sent)).toBe(200)
})

describe('a message under which the flow died three times within 5 s', () => {
  async function poisoned(): Promise<MessagingWorld> {
    const world = await worldWithPhone()
    for (const text of ['bad', 'good']) await world.send('alice', 'bob', text)
    for (let death = 0; death < 3; death++) {
      await world.signIn('phone')
      expect(world.onTheWayTo('phone')).toEqual(['bad'])
      world.signOut('phone')
      await world.answer('phone', 0)
    }
    await world.signIn('phone')
    await world.advance(20)
    return world
  }

  test('is set aside and reported, and the queue goes on', async () => {
    const world = await poisoned()
    expect(world.onTheWayTo('phone')).toEqual(['good'])
    expect(world.records).toMatchObject({ 'set-aside': 1, 'mailbox-message': 1, queue: 1 })
    expect([world.events().includes('message.set-aside'), world.counted('meridian_messages_set_aside_total')]).toEqual([
      true,
      1,
    ])
  })

  test('is removed for good when it expires, also after a restart', async () => {
    const world = await (await poisoned()).crash()
    await world.advance(15 * 24 * 3_600_000)
    expect(world.records).toEqual({})
  })

  test('a flow that dies later does not speak against it', async () => {
    const world = await worldWithPhone()
    await world.send('alice', 'bob', 'hello')
    for (let death = 0; death < 4; death++) {
      await world.signIn('phone')
      await world.advance(6_000)
      world.signOut('phone')
      await world.answer('phone', 0)
    }
    await world.signIn('phone')
    expect(world.onTheWayTo('phone')).toEqual(['hello'])
  })
})
