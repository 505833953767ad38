/**
 * The online cases of the delivery table (RFC 3428 §7) over a real shard.
 */
import { describe, expect, test } from 'vitest'
import { MessagingWorld } from '../../support/messaging-world.ts'

describe('a recipient with one device on line', () => {
  test('gets the message at once, and the sender the device’s own 200; nothing is written', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    const sent = await world.send('alice', 'bob', 'hello')
    expect(world.onTheWayTo('desk')).toEqual(['hello'])
    expect(world.forwards[0]).toMatchObject({ mode: 'proxied', sender: 'sip:alice@example.test', recordRoute: false })
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

  test.each([480, 486, 408, 500, 503, 430, 0])('is stored for at once when it says %i', async (status) => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    const sent = await world.send('alice', 'bob', 'hello')
    await world.answer('desk', status)
    expect([world.statusOf(sent), world.records]).toEqual([202, { 'mailbox-message': 1, queue: 1, operation: 1 }])
  })

  test.each([405, 415, 488, 493, 606, 603])(
    'that refuses with %i: the sender hears that, nothing is stored',
    async (status) => {
      const world = await MessagingWorld.start()
      world.device('bob', 'desk')
      const sent = await world.send('alice', 'bob', 'hello')
      await world.answer('desk', status)
      expect(world.answerTo(sent)).toMatchObject({ status, response: { statusCode: status } })
      expect(world.records).toEqual({})
    },
  )

  test('that answers 482 has it: 200 of our own', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    const sent = await world.send('alice', 'bob', 'hello')
    await world.answer('desk', 482)
    expect(world.answerTo(sent)).toMatchObject({ status: 200, response: null })
  })

  test('with two flows gets it on the newest, and on the next after 430, never on both at once', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk', { flows: 2 })
    const sent = await world.send('alice', 'bob', 'hello')
    const first = world.forwards[0]
    expect([world.forwards.length, first?.target.flow]).toEqual([1, world.flowOf('desk')])
    await world.answer('desk', 430)
    expect([world.forwards.length, world.forwards[0]?.target.flow === first?.target.flow]).toEqual([1, false])
    await world.answer('desk', 200)
    expect([world.statusOf(sent), world.records]).toEqual([200, {}])
  })
})

describe('a recipient with several devices on line', () => {
  test('gets it on all at once; the first 2xx decides, once an entry for the silent one is flushed (P1)', async () => {
    const world = await MessagingWorld.start()
    for (const name of ['desk', 'phone']) world.device('bob', name)
    world.autoFlush = false
    const sent = await world.send('alice', 'bob', 'hello')
    expect(world.forwards.map(({ target }) => target.deviceKey)).toEqual(['desk', 'phone'])
    await world.answer('phone', 200)
    expect(world.answerTo(sent)).toBeNull()
    world.store.flush()
    await world.settle()
    expect([world.answerTo(sent)?.response?.to?.tag, world.records]).toEqual([
      'phone',
      { 'mailbox-message': 1, queue: 1, operation: 1 },
    ])
    world.autoFlush = true
    await world.answer('desk', 200)
    expect(world.records).toEqual({ operation: 1 })
  })

  test('takes on the second device what the first one refused', async () => {
    const world = await MessagingWorld.start()
    for (const name of ['desk', 'phone']) world.device('bob', name)
    const sent = await world.send('alice', 'bob', 'hello')
    await world.answer('desk', 415)
    expect(world.statusOf(sent)).toBeNull()
    await world.answer('phone', 200)
    expect([world.statusOf(sent), world.records]).toEqual([200, {}])
  })

  test('that all refuse: the best of their answers', async () => {
    const world = await MessagingWorld.start()
    for (const name of ['desk', 'phone']) world.device('bob', name)
    const sent = await world.send('alice', 'bob', 'hello')
    await world.answer('desk', 488)
    await world.answer('phone', 415)
    expect([world.statusOf(sent), world.records]).toEqual([415, {}])
  })

  test('keeps a queue entry for the known device that is away', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    world.device('bob', 'phone', { online: false })
    const sent = await world.send('alice', 'bob', 'see you at ten')
    await world.answer('desk', 200)
    expect([world.statusOf(sent), world.records]).toEqual([200, { 'mailbox-message': 1, queue: 1, operation: 1 }])
    await world.signIn('phone')
    expect(world.forwards[0]).toMatchObject({ mode: 'stored', source: null, date: 'Thu, 15 Jan 2026 09:30:00 GMT' })
    await world.answer('phone', 200)
    expect(world.records).toEqual({ operation: 1 })
  })
})

describe('who cannot be written to', () => {
  test.each([
    ['another domain', 'bob@elsewhere.test'],
    ['no account', 'nobody'],
    ['a disabled account', 'disabled'],
  ])('%s: 404, and nothing leaves', async (_, to) => {
    const world = await MessagingWorld.start()
    world.strangers.add('sip:nobody@example.test')
    world.device('disabled', 'desk')
    const sent = await world.send('alice', to, 'hello')
    expect([world.statusOf(sent), world.forwards, world.records]).toEqual([404, [], {}])
    expect(world.events()).toEqual(['message.no-such-user'])
    expect(world.counted('meridian_messages_refused_total{message.no-such-user}')).toBe(1)
  })

  test('other names of an account lead to it', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    world.aliases.set('sip:robert@example.test' as never, 'sip:bob@example.test' as never)
    await world.send('alice', 'robert', 'hello')
    expect(world.onTheWayTo('desk')).toEqual(['hello'])
  })

  test('one account may not send without bound: 503 with Retry-After', async () => {
    const world = await MessagingWorld.start({ requestsPerSecond: 1, burst: 2 })
    const sent = [
      await world.send('alice', 'bob', '1'),
      await world.send('alice', 'bob', '2'),
      await world.send('alice', 'bob', '3'),
    ]
    expect(sent.map((number) => world.statusOf(number))).toEqual([202, 202, 503])
    expect(world.answerTo(sent[2] as number)).toMatchObject({ headers: [['Retry-After', '2']] })
    expect(world.events()).toContain('message.too-many')
    await world.advance(1_000)
    expect(world.statusOf(await world.send('alice', 'bob', '4'))).toBe(202)
    expect(world.statusOf(await world.send('carol', 'bob', '1'))).toBe(202)
  })
})
