/**
 * Devices that the registrar forgets: what was kept for them goes with them, and nothing that no device has taken.
 */
import { expect, test } from 'vitest'
import { MessagingWorld } from '../../support/messaging-world.ts'

const dropped = 'meridian_messages_dropped_total'

async function bobWith(...away: readonly string[]): Promise<MessagingWorld> {
  const world = await MessagingWorld.start()
  for (const name of away) world.device('bob', name, { online: false })
  return world
}

test('what another device has taken goes with the last queue that holds it, and is counted', async () => {
  const world = await bobWith('phone', 'tablet')
  world.device('bob', 'desk')
  const sent = await world.send('alice', 'bob', 'hello')
  await world.answer('desk', 200)
  expect([world.statusOf(sent), world.records]).toMatchObject([200, { 'mailbox-message': 1, queue: 2 }])
  await world.forgetDevices('phone', 'tablet')
  expect([world.records, world.counted(dropped)]).toEqual([{ operation: 1 }, 2])
})

test('a queue that goes leaves the others alone', async () => {
  const world = await bobWith('phone', 'tablet')
  world.device('bob', 'desk')
  await world.send('alice', 'bob', 'hello')
  await world.answer('desk', 200)
  await world.forgetDevices('tablet')
  expect(world.records).toMatchObject({ 'mailbox-message': 1, queue: 1 })
  await world.signIn('phone')
  expect(world.onTheWayTo('phone')).toEqual(['hello'])
})

test('what no device has taken stays in the mailbox, also over a crash, for the next that signs in', async () => {
  const world = await bobWith('phone')
  await world.send('alice', 'bob', 'hello')
  await world.forgetDevices('phone')
  expect([world.storedCount('bob'), world.records]).toEqual([1, { 'mailbox-message': 1, operation: 1 }])
  const next = await world.crash()
  next.device('bob', 'laptop', { online: false })
  await next.signIn('laptop')
  expect([next.onTheWayTo('laptop'), next.counted(dropped)]).toEqual([['hello'], 0])
})

test('a refusal is forgotten with the device that refused', async () => {
  const world = await bobWith('phone', 'tablet')
  await world.send('alice', 'bob', 'hello')
  await world.signIn('phone')
  await world.answer('phone', 415)
  expect(world.records).toMatchObject({ 'mailbox-message': 1, queue: 2 })
  await world.forgetDevices('phone')
  expect(world.records).toMatchObject({ 'mailbox-message': 1, queue: 1 })
})

test('a device that is forgotten while it is asked gets no queue', async () => {
  const world = await bobWith()
  world.device('bob', 'phone')
  await world.send('alice', 'bob', 'hello')
  await world.forgetDevices('phone')
  await world.advance(5_100)
  expect(world.records).toEqual({ 'mailbox-message': 1, operation: 1 })
})

test('copies of what its user sends go with it', async () => {
  const world = await MessagingWorld.start()
  world.device('alice', 'a-phone', { wantsSentCopies: true, online: false })
  world.device('bob', 'desk')
  await world.send('alice', 'bob', 'hello')
  await world.answer('desk', 200)
  expect(world.records).toEqual({ 'mailbox-message': 1, queue: 1 })
  await world.forgetDevices('a-phone')
  expect(world.records).toEqual({})
})
