/**
 * RFC 3261 §22.1 leaves open how long a proof counts: no longer than the account stands as it was. Disabling,
 * enabling, a new password and removal end what was proved before.
 */
import { describe, expect, it } from 'vitest'
import type { AdminRequest } from '../../../src/ports/admin.ts'
import { answerOf, challenged, fetchWith, isStale } from '../../support/digest-answer.ts'
import { bodyOf } from '../../support/played-messages.ts'
import { contactsOf, fetchBindings } from '../../support/registrations.ts'
import { aorOf, ServerWorld, secretsOf } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

const newPassword: AdminRequest = { act: 'set-password', secrets: secretsOf(aorOf('alice'), 'a new one') }
const disable: AdminRequest = { act: 'set-disabled', disabled: true }
const enable: AdminRequest = { act: 'set-disabled', disabled: false }

describe.each([1, 3])('what was proved ends with the account as it was, with %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers })
    const bob = new WireClient(world, 'bob')
    bob.register()
    const flows = Array.from({ length: 3 }, () => new WireClient(world, 'alice'))
    for (const flow of flows) flow.register()
    world.advance(1_000)
    return { world, bob, flows }
  }

  it.each([
    ['disabling', disable],
    ['enabling', enable],
    ['a new password', newPassword],
    ['removal', { act: 'remove' } as const],
  ] as const)('%s closes all flows of the user within a second, and nobody else’s', async (_name, act) => {
    const { world, bob, flows } = await people()
    expect(world.admin('alice', act).ok).toBe(true)
    expect(flows.map(({ closedBy }) => closedBy)).toEqual(Array(3).fill('edge.epoch-raised'))
    expect(bob.closedBy).toBe(null)
    expect(bob.message('bob', 'to myself').statusCode).toBe(200)
  })

  it('a disabled user is refused with 403 to the right password only, and nobody reaches him', async () => {
    const { world, bob } = await people()
    world.admin('alice', disable)
    expect(new WireClient(world, 'alice').register().statusCode).toBe(403)
    expect(new WireClient(world, 'alice', { password: 'guess' }).register().statusCode).toBe(401)
    expect(bob.message('alice', 'x').statusCode).toBe(404)
    world.admin('alice', enable)
    expect(new WireClient(world, 'alice').register().statusCode).toBe(200)
  })

  it('after a new password the old one is wrong and the new one right, also over a restart', async () => {
    const { world } = await people()
    world.admin('alice', newPassword)
    const after = await world.restart()
    expect(new WireClient(after, 'alice').register().statusCode).toBe(401)
    expect(new WireClient(after, 'alice', { password: 'a new one' }).register().statusCode).toBe(200)
  })

  it('a nonce from before is stale: the right answer to it proves nothing', async () => {
    const { world } = await people()
    const client = new WireClient(world, 'alice')
    const challenge = challenged(client)
    world.advance(10)
    world.admin('alice', disable)
    world.admin('alice', enable)
    const answer = fetchWith(client, answerOf(client, challenge, { method: 'REGISTER' }))
    expect([answer.statusCode, isStale(answer)]).toEqual([401, true])
  })

  it('promise P2: a UDP device of before gets nothing until it has signed in anew', async () => {
    const { world, bob } = await people()
    const thief = new WireClient(world, 'alice', { transport: 'udp' })
    thief.register()
    world.admin('alice', newPassword)
    expect(bob.message('alice', 'secret').statusCode).toBe(202)
    expect(thief.requests('MESSAGE')).toEqual([])
    expect(thief.register().statusCode).toBe(401)
    const owner = new WireClient(world, 'alice', { password: 'a new one' })
    owner.register()
    world.advance(1_000)
    expect(bodyOf(owner.request('MESSAGE'))).toBe('secret')
  })

  it('promise P2: a removed user goes with bindings, devices and mail; a namesake inherits nothing', async () => {
    const { world, bob, flows } = await people()
    for (const flow of flows) flow.answerWith = null
    bob.send('MESSAGE', { uri: 'sip:alice@example.test', body: 'for the old one' })
    world.advance(6_000)
    world.admin('alice', { act: 'remove' })
    expect([...world.disk.durable.keys()].filter((key) => key.startsWith('sip:alice@'))).toEqual([])
    expect(bob.message('alice', 'x').statusCode).toBe(404)
    world.addUser('alice', { password: 'another person' })
    expect(new WireClient(world, 'alice').register().statusCode).toBe(401)
    const newcomer = new WireClient(world, 'alice', { password: 'another person' })
    expect(contactsOf(newcomer.register())).toHaveLength(1)
    world.advance(10_000)
    expect(newcomer.requests('MESSAGE')).toEqual([])
  })

  it('a re-created account starts above every epoch of the removed one', async () => {
    const { world } = await people()
    const epochs: number[] = []
    for (let round = 0; round < 3; round++) {
      for (const act of [disable, enable, disable, enable]) world.admin('alice', act)
      const removed = world.admin('alice', { act: 'remove' })
      world.advance(100)
      const added = world.addUser('alice')
      if (removed.ok && added.ok) epochs.push(removed.account?.epoch ?? 0, added.account?.epoch ?? 0)
    }
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b))
    expect(new Set(epochs).size).toBe(6)
  })

  it('an alias goes with its account, and may then belong to another, on whatever shard', async () => {
    const world = await ServerWorld.start({ workers, users: ['bob'] })
    const aliases = ['x1', 'x2', 'x3', 'x4']
    world.addUser('alice', { aliases })
    world.addUser('carol')
    const bob = new WireClient(world, 'bob')
    bob.register()
    const carol = new WireClient(world, 'carol')
    carol.register()
    const statuses = (round: string) =>
      aliases.map((name) => bob.message(name, 'x', { callId: round + name }).statusCode)
    expect(statuses('a')).toEqual([202, 202, 202, 202])
    world.admin('alice', { act: 'remove' })
    expect(statuses('b')).toEqual([404, 404, 404, 404])
    world.advance(10)
    world.addUser('dora', { aliases })
    const dora = new WireClient(world, 'dora')
    dora.register()
    expect(statuses('c')).toEqual([200, 200, 200, 200])
    expect([dora.requests('MESSAGE').length, carol.requests('MESSAGE').length]).toEqual([4, 0])
    expect(contactsOf(fetchBindings(dora))).toHaveLength(1)
    const after = await world.restart(4 - workers)
    const again = new WireClient(after, 'bob')
    again.register()
    expect(aliases.map((name) => again.message(name, 'x', { callId: `d${name}` }).statusCode)).toEqual([
      202, 202, 202, 202,
    ])
  })
})
