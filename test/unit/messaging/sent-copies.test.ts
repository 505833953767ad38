/**
 * Copies of sent messages to the sender's other devices (option tag `im-sent-copies`).
 */
import { describe, expect, test } from 'vitest'
import { bodyOf, MessagingWorld } from '../../support/messaging-world.ts'

async function aliceWithTwo(online = true): Promise<MessagingWorld> {
  const world = await MessagingWorld.start()
  world.device('alice', 'a-desk', { wantsSentCopies: true })
  world.device('alice', 'a-phone', { wantsSentCopies: true, online })
  world.device('alice', 'a-old', {})
  world.device('bob', 'desk')
  return world
}

describe('a copy', () => {
  test('goes to the other devices that asked for it, never back to the sending one', async () => {
    const world = await aliceWithTwo()
    await world.send('alice', 'bob', 'hello', { flow: world.flowOf('a-desk') })
    await world.answer('desk', 200)
    expect(world.forwards.map(({ target }) => target.deviceKey)).toEqual(['a-phone'])
    const copy = world.forwards.find(({ target }) => target.deviceKey === 'a-phone')
    expect(copy).toMatchObject({
      mode: 'stored',
      recipient: 'sip:alice@example.test',
      sender: 'sip:alice@example.test',
    })
    await world.answer('a-phone', 200)
    expect([world.records, world.counted('meridian_messages_sent_copies_total')]).toEqual([{}, 1])
  })

  test('waits in the queue of a device that is away, and in no mailbox', async () => {
    const world = await aliceWithTwo(false)
    await world.send('alice', 'bob', 'hello', { flow: world.flowOf('a-desk') })
    await world.answer('desk', 200)
    expect([world.records, world.storedCount('alice')]).toEqual([{ 'mailbox-message': 1, queue: 1 }, 0])
    world.device('alice', 'a-new', { online: false })
    await world.signIn('a-new')
    expect(world.onTheWayTo('a-new')).toEqual([])
    await world.signIn('a-phone')
    expect(world.onTheWayTo('a-phone')).toHaveLength(1)
    await world.answer('a-phone', 200)
    expect(world.records).toEqual({})
  })

  test('is kept when the device does not answer in time', async () => {
    const world = await aliceWithTwo()
    await world.send('alice', 'bob', 'hello', { flow: world.flowOf('a-desk') })
    await world.answer('desk', 200)
    await world.advance(5_100)
    expect(world.records).toEqual({ 'mailbox-message': 1, queue: 1 })
    await world.answer('a-phone', 200)
    await world.advance(60_000)
    expect(world.records).toEqual({})
  })

  test('waits for the answer: it is made of what was delivered or stored, after the flush', async () => {
    const world = await aliceWithTwo()
    const flow = world.flowOf('a-desk')
    await world.send('alice', 'bob', 'hello', { flow })
    expect(world.onTheWayTo('a-phone')).toEqual([])
    world.autoFlush = false
    await world.advance(5_100)
    expect(world.onTheWayTo('a-phone')).toEqual([])
    world.autoFlush = true
    await world.settle()
    expect(world.onTheWayTo('a-phone')).toHaveLength(1)
  })

  test('is not made of what a device, the mailbox or the store refuses, nor of what nobody is there for', async () => {
    const world = await aliceWithTwo()
    const flow = world.flowOf('a-desk')
    const refused = await world.send('alice', 'bob', 'refused', { flow })
    await world.answer('desk', 415)
    world.store.failNext('refused')
    const unwritable = await world.send('alice', 'carol', 'unwritable', { flow })
    world.strangers.add('sip:nobody@example.test')
    const unknown = await world.send('alice', 'nobody', 'unknown', { flow })
    world.policy = { mayMessage: () => 'forbid' }
    const forbidden = await world.send('alice', 'dave', 'forbidden', { flow })
    expect([refused, unwritable, unknown, forbidden].map((sent) => world.statusOf(sent))).toEqual([415, 503, 404, 403])
    await world.advance(10_000)
    expect([world.onTheWayTo('a-phone'), world.counted('meridian_messages_sent_copies_total')]).toEqual([[], 0])
  })

  test('is made of what is politely blocked, as of what is stored', async () => {
    const world = await aliceWithTwo()
    world.policy = { mayMessage: () => 'polite-block' }
    await world.send('alice', 'bob', 'hello', { flow: world.flowOf('a-desk') })
    expect(world.onTheWayTo('a-phone')).toHaveLength(1)
  })

  test('is not made of composing notices, nor of what is never stored, nor of what we refuse', async () => {
    const world = await aliceWithTwo()
    const flow = world.flowOf('a-desk')
    await world.send('alice', 'bob', '<isComposing/>', { flow, contentType: 'application/im-iscomposing+xml' })
    await world.answer('desk', 200)
    await world.send('alice', 'bob', 'now or never', { flow, headers: [['Expires', '0']] })
    await world.answer('desk', 200)
    await world.send('alice', 'bob@elsewhere.test', 'hello', { flow })
    expect(world.onTheWayTo('a-phone')).toEqual([])
  })

  test('is made once, however often the request is repeated', async () => {
    const world = await aliceWithTwo()
    const flow = world.flowOf('a-desk')
    await world.send('alice', 'bob', 'hello', { flow })
    const original = world.forwards.find(({ target }) => target.deviceKey === 'desk')?.request
    if (original) world.sendRequest('alice', original, flow)
    await world.answer('desk', 200)
    if (original) world.sendRequest('alice', original, flow)
    await world.settle()
    expect(world.onTheWayTo('a-phone')).toHaveLength(1)
  })

  test('keeps the order of what was sent', async () => {
    const world = await aliceWithTwo()
    const flow = world.flowOf('a-desk')
    for (const text of ['1', '2']) {
      await world.send('alice', 'bob', text, { flow })
      await world.answer('desk', 200)
    }
    const texts: string[] = []
    for (let n = 0; n < 2; n++) texts.push(bodyOf((await world.answer('a-phone', 200)).request).slice(-1))
    expect(texts).toEqual(['1', '2'])
  })
})
