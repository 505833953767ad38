/**
 * P3: the sender is told the truth: delivered, stored, or not accepted. The excepted case is that nobody can know.
 */
import { describe, expect, test } from 'vitest'
import { MessagingWorld } from '../support/messaging-world.ts'

describe('P3: what was answered is what happened', () => {
  test('200 only after a device took it and the entries for the others are durable', async () => {
    let world = await MessagingWorld.start()
    world.device('bob', 'desk')
    world.device('bob', 'phone', { online: false })
    const sent = await world.send('alice', 'bob', 'hello')
    expect(world.statusOf(sent)).toBeNull()
    await world.answer('desk', 200)
    expect(world.statusOf(sent)).toBe(200)
    world = await world.crash()
    await world.signIn('phone')
    expect(world.onTheWayTo('phone')).toEqual(['hello'])
  })

  test('202 only after it is durable: a crash before the flush leaves the sender unanswered, and nothing', async () => {
    let world = await MessagingWorld.start()
    world.device('bob', 'desk', { online: false })
    world.autoFlush = false
    const sent = await world.send('alice', 'bob', 'hello')
    world = await world.crash()
    await world.signIn('desk')
    expect([world.statusOf(sent), world.forwards]).toEqual([null, []])
  })

  test('202 survives the crash: it is delivered in order, and before what comes later', async () => {
    let world = await MessagingWorld.start()
    world.device('bob', 'desk', { online: false })
    for (const text of ['1', '2']) await world.send('alice', 'bob', text)
    world = await world.crash()
    expect(world.forwards).toEqual([])
    await world.signIn('desk')
    const live = await world.send('alice', 'bob', '3')
    const order: string[] = []
    for (let n = 0; n < 3; n++) {
      order.push(...world.onTheWayTo('desk'))
      await world.answer('desk', 200)
    }
    expect([order, world.statusOf(live)]).toEqual([['1', '2', '3'], 202])
  })

  test('480 and 503 leave nothing behind', async () => {
    const world = await MessagingWorld.start({ mailboxMessagesMax: 0 })
    const full = await world.send('alice', 'bob', 'hello')
    world.store.failNext('refused')
    world.device('bob', 'phone', { online: false })
    world.device('bob', 'desk')
    const broken = await world.send('alice', 'bob', 'hello')
    await world.answer('desk', 200)
    expect([world.statusOf(full), world.statusOf(broken), world.records]).toEqual([480, 503, {}])
  })
})

describe('P3: repeated only when nobody can know, with the same identity, and counted', () => {
  test.each([
    ['flow-lost', 0],
    ['silence', 408],
  ])('%s', async (reason, status) => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    await world.send('alice', 'bob', 'hello', { callId: 'the-same' })
    const first = await world.answer('desk', status)
    await world.signIn('desk')
    const second = await world.answer('desk', 200)
    const identity = ({ request, date }: typeof first) => [
      request.callId,
      request.cseq,
      request.from?.tag,
      date,
      request.body.toString(),
    ]
    expect(identity(second)).toEqual(identity(first))
    expect(world.counted(`meridian_messages_repeated_total{${reason}}`)).toBe(1)
  })

  test('restart', async () => {
    let world = await MessagingWorld.start()
    world.device('bob', 'desk', { online: false })
    await world.send('alice', 'bob', 'hello')
    await world.signIn('desk')
    expect(world.counted('meridian_messages_repeated_total{restart}')).toBe(0)
    world = await world.crash()
    await world.signIn('desk')
    expect(world.onTheWayTo('desk')).toEqual(['hello'])
    expect(world.counted('meridian_messages_repeated_total{restart}')).toBe(1)
  })

  test('a device that said not now is asked again without that being a repeat', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    await world.send('alice', 'bob', 'hello')
    await world.answer('desk', 486)
    await world.advance(5_100)
    await world.answer('desk', 200)
    const counted = ['flow-lost', 'silence', 'restart'].map((reason) =>
      world.counted(`meridian_messages_repeated_total{${reason}}`),
    )
    expect(counted).toEqual([0, 0, 0])
  })

  test('an edge that never reports is not waited for beyond 40 s', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    await world.send('alice', 'bob', 'hello')
    await world.advance(60_000)
    expect(world.onTheWayTo('desk')).toEqual(['hello', 'hello'])
    expect(world.counted('meridian_messages_repeated_total{silence}')).toBe(1)
  })
})
