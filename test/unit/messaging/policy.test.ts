/**
 * What the recipient's policy does to a message: forbidden, and politely blocked.
 */
import { expect, test } from 'vitest'
import { MessagingWorld } from '../../support/messaging-world.ts'

test('forbidden: 403, nothing kept, nothing sent', async () => {
  const world = await MessagingWorld.start()
  world.policy = { mayMessage: () => 'forbid' }
  world.device('bob', 'desk')
  const sent = await world.send('alice', 'bob', 'hello')
  expect([world.statusOf(sent), world.forwards, world.records]).toEqual([403, [], {}])
  expect(world.events()).toContain('message.forbidden')
})

test('a polite block is answered as by a user without a device: 202 after a flush (P3’s exception)', async () => {
  const world = await MessagingWorld.start()
  world.policy = { mayMessage: () => 'polite-block' }
  world.device('bob', 'desk')
  world.autoFlush = false
  const sent = await world.send('alice', 'bob', 'hello')
  expect(world.statusOf(sent)).toBeNull()
  world.store.flush()
  await world.settle()
  expect([world.statusOf(sent), world.forwards, world.records]).toEqual([202, [], { operation: 1 }])
  expect(world.counted('meridian_messages_politely_blocked_total')).toBe(1)
})

test('a polite block answers byte for byte what no device would', async () => {
  const cases = [{}, { headers: [['Expires', '0']] as const }, { contentType: 'application/im-iscomposing+xml' }]
  for (const options of cases) {
    const answers = []
    for (const verdict of ['allow', 'polite-block'] as const) {
      const world = await MessagingWorld.start()
      world.policy = { mayMessage: () => verdict }
      answers.push(world.answerTo(await world.send('alice', 'bob', 'hello', options)))
    }
    expect(answers[0]).toEqual(answers[1])
  }
})

test('a polite block answers the quota’s 480 when the mailbox is full', async () => {
  const world = await MessagingWorld.start({ mailboxMessagesMax: 1 })
  await world.send('carol', 'bob', 'hello')
  world.policy = { mayMessage: () => 'polite-block' }
  const sent = await world.send('alice', 'bob', 'hello')
  expect(world.answerTo(sent)).toMatchObject({ status: 480, reason: 'Mailbox Full', headers: [['Retry-After', '60']] })
})

test('a polite block answers 503 when the store does, as storing would', async () => {
  const world = await MessagingWorld.start()
  world.policy = { mayMessage: () => 'polite-block' }
  world.store.failNext('refused')
  expect(world.statusOf(await world.send('alice', 'bob', 'hello'))).toBe(503)
})
