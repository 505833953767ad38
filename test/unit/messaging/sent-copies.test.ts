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
    expect(world.forwards.map(({ target }) => target.deviceKey).sort()).toEqual(['a-phone', 'desk'])
    const copy = world.forwards.find(({ target }) => target.deviceKey === 'a-phone')
    expect(copy).toMatchObject({
      mode: 'stored',
      recipient: 'sip:alice@example.test',
      sender: 'sip:alice@example.test',
    })
    await world.answer('a-phone', 200)
    await world.answer('desk', 200)
    expect([world.records, world.counted('meridian_messages_sent_copies_total')]).toEqual([{}, 1])
  })

  test('waits in the queue of a device that is away, and in no mailbox', async () => {
    const world = await aliceWithTwo(false)
    await world.send('alice', 'bob', 'hello', { flow: world.flowOf('a-desk') })
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
    await world.advance(5_100)
    await world.answer('a-phone', 200)
    await world.answer('desk', 200)
    await world.advance(60_000)
    expect(world.records).toEqual({})
  })

  test('is not made of composing notices, nor of what we refuse', async () => {
    const world = await aliceWithTwo()
    const flow = world.flowOf('a-desk')
    await world.send('alice', 'bob', '<isComposing/>', { flow, contentType: 'application/im-iscomposing+xml' })
    await world.send('alice', 'bob@elsewhere.test', 'hello', { flow })
    expect(world.onTheWayTo('a-phone')).toEqual([])
  })

  test('is made once, however often the request is repeated', async () => {
    const world = await aliceWithTwo()
    const flow = world.flowOf('a-desk')
    await world.send('alice', 'bob', 'hello', { flow })
    const original = world.forwards.find(({ target }) => target.deviceKey === 'desk')?.request
    if (original) world.sendRequest('alice', original, flow)
    await world.settle()
    expect(world.onTheWayTo('a-phone')).toHaveLength(1)
  })

  test('keeps the order of what was sent', async () => {
    const world = await aliceWithTwo()
    const flow = world.flowOf('a-desk')
    for (const text of ['1', '2']) await world.send('alice', 'bob', text, { flow })
    const texts: string[] = []
    for (let n = 0; n < 2; n++) texts.push(bodyOf((await world.answer('a-phone', 200)).request).slice(-1))
    expect(texts).toEqual(['1', '2'])
  })
})
