/**
 * Devices with a secret of their own (user names `alice+laptop`, or `alice` for an account of Active Directory), at the
 * shard: signing in, revoking, and dying with the account.
 */
import { expect, test } from 'vitest'
import { deviceUserName, readDeviceName } from '../../../src/directory/device-name.ts'
import { digestsOf } from '../../../src/directory/enrolment/password-proof.ts'
import type { DirectoryUserFacts } from '../../../src/ports/directory.ts'
import { aorOf } from '../../support/played-messages.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

const realm = 'example.test'
const facts: DirectoryUserFacts = {
  guid: '00000000-0000-0000-0000-000000000001',
  dn: 'CN=dora,DC=corp,DC=example',
  displayName: 'Dora',
  aliases: [aorOf('dora.d')],
  against: [],
  home: '',
}

function enrol(world: ServerWorld, name: string, device: string, secret = 'made-by-us') {
  const secrets = digestsOf(deviceUserName(aorOf(name), device), realm, secret)
  return world.admin(name, { act: 'put-device', device, secrets })
}

function signIn(world: ServerWorld, name: string, userName: string, password = 'made-by-us') {
  const client = new WireClient(world, name, { userName, password })
  return { client, status: client.register().statusCode }
}

test('a device signs in by its own name and secret (RFC 7616 §3.4), over a restart too', async () => {
  const world = await ServerWorld.start({ workers: 2 })
  expect(enrol(world, 'alice', 'laptop')).toMatchObject({ ok: true, credentials: [{ userName: 'alice+laptop' }] })
  expect(signIn(world, 'alice', 'alice+laptop').status).toBe(200)
  expect(signIn(world, 'alice', 'alice+laptop', 'guessed').status).toBe(401)
  expect(signIn(world, 'alice', 'alice+phone').status).toBe(401)
  // It speaks for its own account alone.
  expect(signIn(world, 'bob', 'alice+laptop').status).toBe(401)
  const next = await world.restart(3)
  expect(signIn(next, 'alice', 'alice+laptop').status).toBe(200)
  // The password goes on.
  expect(new WireClient(next, 'alice').register().statusCode).toBe(200)
})

test('revoking ends the flows of its account at once, and the other devices sign in again', async () => {
  const world = await ServerWorld.start()
  enrol(world, 'alice', 'laptop')
  enrol(world, 'alice', 'phone')
  const laptop = signIn(world, 'alice', 'alice+laptop').client
  expect(world.admin('alice', { act: 'remove-device', device: 'laptop' })).toMatchObject({
    credentials: [{ device: 'phone' }],
  })
  expect(laptop.closedBy).toBe('edge.epoch-raised')
  expect(signIn(world, 'alice', 'alice+laptop').status).toBe(401)
  expect(signIn(world, 'alice', 'alice+phone').status).toBe(200)
  expect(world.admin('alice', { act: 'remove-device', device: 'laptop' })).toMatchObject({ error: 'not-found' })
})

test('the user name of the password is no device’s, and a new secret takes the place of the old one', async () => {
  const world = await ServerWorld.start()
  expect(enrol(world, 'alice', '')).toMatchObject({ ok: false, error: 'invalid' })
  enrol(world, 'alice', 'laptop', 'first')
  const { client } = signIn(world, 'alice', 'alice+laptop', 'first')
  enrol(world, 'alice', 'laptop', 'second')
  expect(client.closedBy).toBe('edge.epoch-raised')
  expect(signIn(world, 'alice', 'alice+laptop', 'first').status).toBe(401)
  expect(signIn(world, 'alice', 'alice+laptop', 'second').status).toBe(200)
})

test('a user of Active Directory is known, reached by every name, and signs in by devices alone', async () => {
  const world = await ServerWorld.start({ workers: 3 })
  expect(world.admin('dora', { act: 'put-directory', facts, groups: [] })).toMatchObject({
    ok: true,
    account: { disabled: false },
  })
  const alice = new WireClient(world, 'alice')
  alice.register()
  expect(alice.message('dora', 'hello').statusCode).toBe(202)
  expect(alice.message('dora.d', 'hello').statusCode).toBe(202)
  enrol(world, 'dora', '')
  expect(signIn(world, 'dora', 'dora').status).toBe(200)
  expect(world.admin('dora', { act: 'set-disabled', disabled: false })).toMatchObject({ error: 'invalid' })
  const secrets = digestsOf('dora', realm, 'x')
  expect(world.admin('dora', { act: 'set-password', secrets })).toMatchObject({ error: 'invalid' })
})

test('devices die with the account: a no ends flows, and nothing gets in before the no is lifted', async () => {
  const world = await ServerWorld.start({ workers: 2 })
  world.admin('dora', { act: 'put-directory', facts, groups: [] })
  enrol(world, 'dora', 'laptop')
  const { client } = signIn(world, 'dora', 'dora+laptop')
  world.admin('dora', { act: 'put-directory', facts: { ...facts, against: ['account-disabled'] }, groups: [] })
  expect(client.closedBy).toBe('edge.epoch-raised')
  expect(signIn(world, 'dora', 'dora+laptop').status).toBe(403)
  const alice = new WireClient(world, 'alice')
  alice.register()
  expect(alice.message('dora', 'hello').statusCode).toBe(404)
  const next = await world.restart()
  expect(signIn(next, 'dora', 'dora+laptop').status).toBe(403)
  next.admin('dora', { act: 'put-directory', facts, groups: [] })
  expect(signIn(next, 'dora', 'dora+laptop').status).toBe(200)
  next.admin('dora', { act: 'remove' })
  expect(signIn(next, 'dora', 'dora+laptop').status).toBe(401)
  // Nothing of her comes back with a new account of her name.
  next.admin('dora', { act: 'put-directory', facts: { ...facts, guid: 'another' }, groups: [] })
  expect(signIn(next, 'dora', 'dora+laptop').status).toBe(401)
})

test('an address is never taken over by another object, nor an account of ours by the directory', async () => {
  const world = await ServerWorld.start()
  world.admin('dora', { act: 'put-directory', facts, groups: [] })
  const other = { ...facts, guid: '00000000-0000-0000-0000-000000000002' }
  expect(world.admin('dora', { act: 'put-directory', facts: other, groups: [] })).toMatchObject({ error: 'exists' })
  expect(world.admin('alice', { act: 'put-directory', facts, groups: [] })).toMatchObject({ error: 'exists' })
  expect(new WireClient(world, 'alice').register().statusCode).toBe(200)
})

test('whoever has an address as his own gets it, though it was another name of somebody', async () => {
  const world = await ServerWorld.start({ workers: 3 })
  world.admin('dora', { act: 'put-directory', facts, groups: [] })
  const other = { ...facts, guid: '00000000-0000-0000-0000-000000000002', aliases: [] }
  expect(world.admin('dora.d', { act: 'put-directory', facts: other, groups: [] })).toMatchObject({
    account: { aor: aorOf('dora.d') },
  })
  enrol(world, 'dora.d', '')
  expect(signIn(world, 'dora.d', 'dora.d').status).toBe(200)
})

test('a name that is no longer hers is nobody’s, and flows that spoke for it end', async () => {
  const world = await ServerWorld.start({ workers: 3 })
  world.admin('dora', { act: 'put-directory', facts, groups: [] })
  enrol(world, 'dora', 'laptop')
  const { client } = signIn(world, 'dora', 'dora+laptop')
  world.admin('dora', { act: 'put-directory', facts: { ...facts, aliases: [] }, groups: [] })
  expect(client.closedBy).toBe('edge.epoch-raised')
  const alice = new WireClient(world, 'alice')
  alice.register()
  expect(alice.message('dora.d', 'hello').statusCode).toBe(404)
  expect(alice.message('dora', 'hello').statusCode).toBe(202)
})

test('names of devices are what clients can type', () => {
  expect(['Laptop ', '', 'a', 'my-phone.2'].map(readDeviceName)).toEqual(['laptop', '', 'a', 'my-phone.2'])
  for (const bad of ['-x', 'x y', 'ü', 'a+b', 'x'.repeat(33), 'a"', 'a\0']) expect(readDeviceName(bad)).toBeNull()
})
