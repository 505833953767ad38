/**
 * RFC 3428 §5 to §8, and RFC 3994: what a MESSAGE relay must and must not do.
 */
import { describe, expect, test } from 'vitest'
import { MessagingWorld } from '../../support/messaging-world.ts'

const composing = 'application/im-iscomposing+xml'

describe('RFC 3428', () => {
  test('§7: a 200 tells that a device has it, a 202 that it is stored and will be sent later', async () => {
    const world = await MessagingWorld.start()
    const stored = await world.send('alice', 'bob', 'one')
    world.device('bob', 'desk', { online: false })
    await world.signIn('desk')
    await world.answer('desk', 200)
    const delivered = await world.send('alice', 'bob', 'two')
    await world.answer('desk', 200)
    expect([world.statusOf(stored), world.statusOf(delivered)]).toEqual([202, 200])
  })

  test('§5: a message with Expires: 0 is delivered now or never', async () => {
    const world = await MessagingWorld.start()
    const headers = [['Expires', '0']] as const
    const nobody = await world.send('alice', 'bob', 'now', { headers })
    world.device('bob', 'desk')
    const taken = await world.send('alice', 'bob', 'now', { headers })
    await world.answer('desk', 200)
    const silent = await world.send('alice', 'bob', 'now', { headers })
    await world.advance(5_100)
    expect([nobody, taken, silent].map((number) => world.statusOf(number))).toEqual([480, 200, 480])
    expect(world.records).toEqual({})
  })

  test('§6: the body and every header of a stored message leave as they came, with the original Date', async () => {
    const world = await MessagingWorld.start()
    const body = 'Content-Type: message/imdn+xml\r\n\r\n\u0000\u00ff binary'
    const headers = [
      ['Date', 'Mon, 01 Jan 2024 00:00:00 GMT'],
      ['X-Unknown', 'kept'],
    ] as const
    await world.send('alice', 'bob', body, { headers, contentType: 'message/cpim' })
    world.device('bob', 'desk', { online: false })
    await world.signIn('desk')
    const { request, date, mode } = await world.answer('desk', 200)
    expect([request.body.toString(), request.named('X-Unknown'), date, mode]).toEqual([
      body,
      'kept',
      'Mon, 01 Jan 2024 00:00:00 GMT',
      'stored',
    ])
  })

  test('§6: a message without a Date gets the time at which it came, the same for every sending', async () => {
    const world = await MessagingWorld.start()
    world.device('bob', 'desk')
    await world.send('alice', 'bob', 'hello')
    const live = world.forwards[0]?.date
    world.signOut('desk')
    await world.answer('desk', 0)
    await world.advance(60_000)
    await world.signIn('desk')
    expect([live, world.forwards[0]?.date]).toEqual(['Thu, 15 Jan 2026 09:30:00 GMT', 'Thu, 15 Jan 2026 09:30:00 GMT'])
  })
})

describe('RFC 3994', () => {
  test('§3: a composing notice is never stored: 200 if a device took it, else 480', async () => {
    const world = await MessagingWorld.start()
    const nobody = await world.send('alice', 'bob', '', { contentType: composing })
    world.device('bob', 'desk')
    const taken = await world.send('alice', 'bob', '', { contentType: composing })
    await world.answer('desk', 200)
    const refused = await world.send('alice', 'bob', '', { contentType: composing })
    await world.answer('desk', 415)
    expect([nobody, taken, refused].map((number) => world.statusOf(number))).toEqual([480, 200, 480])
    expect([world.records, world.events()]).toEqual([{}, []])
  })
})
