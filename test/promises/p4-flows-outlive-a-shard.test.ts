/**
 * Promise P4: a shard that dies and comes back costs the flows of its users nothing, where other workers own them.
 */
import { describe, expect, it } from 'vitest'
import { shardOf } from '../../src/ports/sharding.ts'
import { bodyOf } from '../support/played-messages.ts'
import { aorOf, ServerWorld } from '../support/server-world.ts'
import { WireClient } from '../support/wire-client.ts'

const workers = 3
const bobsShard = shardOf(aorOf('bob'), workers)
const elsewhere = (bobsShard + 1) % workers

async function worldWithBobElsewhere(transport: 'tcp' | 'udp' = 'tcp') {
  const world = await ServerWorld.start({ workers })
  const alice = new WireClient(world, 'alice', { worker: elsewhere })
  const bob = new WireClient(world, 'bob', { worker: elsewhere, transport })
  alice.register()
  bob.register()
  return { world, alice, bob }
}

describe('a user whose shard was started anew (P4)', () => {
  it('is reached at once on a flow that another worker kept, without registering again', async () => {
    const { world, alice, bob } = await worldWithBobElsewhere()
    await world.restartWorker(bobsShard)
    expect(alice.message('bob', 'still there?').statusCode).toBe(200)
    expect(bodyOf(bob.request('MESSAGE'))).toBe('still there?')
  })

  it('gets what was stored while its shard was away', async () => {
    const { world, alice, bob } = await worldWithBobElsewhere('udp')
    bob.answerWith = null
    const branch = alice.send('MESSAGE', { uri: aorOf('bob'), body: 'kept' })
    world.advance(6_000)
    expect(alice.final(branch).statusCode).toBe(202)
    bob.inbox.length = 0
    bob.answerWith = 200
    await world.restartWorker(bobsShard)
    world.advance(1_000)
    expect(bodyOf(bob.request('MESSAGE'))).toBe('kept')
  })

  it('is not reached on a flow of an earlier epoch', async () => {
    const { world, alice, bob } = await worldWithBobElsewhere('udp')
    world.admin('bob', { act: 'set-disabled', disabled: true })
    world.admin('bob', { act: 'set-disabled', disabled: false })
    await world.restartWorker(bobsShard)
    expect(alice.message('bob', 'who reads this?').statusCode).toBe(202)
    expect(bob.requests('MESSAGE')).toEqual([])
  })

  it.each(['udp', 'tcp'] as const)(
    'is not taken back to the %s flow that its device had left before (P2)',
    async (transport) => {
      const { world, alice, bob } = await worldWithBobElsewhere(transport)
      world.advance(1_000)
      const home = new WireClient(world, 'bob', {
        worker: (bobsShard + 2) % workers,
        instance: bob.instance,
        transport,
      })
      home.register()
      await world.restartWorker(bobsShard)
      expect(alice.message('bob', 'to where he is').statusCode).toBe(200)
      expect(bodyOf(home.request('MESSAGE'))).toBe('to where he is')
      expect(bob.requests('MESSAGE')).toEqual([])
    },
  )

  it('is not taken back to a flow that its device had left, when the newer one is gone too (P2)', async () => {
    const { world, alice, bob } = await worldWithBobElsewhere('udp')
    world.advance(1_000)
    const home = new WireClient(world, 'bob', { worker: (bobsShard + 2) % workers, instance: bob.instance })
    home.register()
    home.close()
    await world.restartWorker(bobsShard)
    expect(alice.message('bob', 'nobody there').statusCode).toBe(202)
    expect(bob.requests('MESSAGE')).toEqual([])
  })

  it('is not given the flow of a device that has moved to a newer one meanwhile', async () => {
    const { world, alice, bob } = await worldWithBobElsewhere()
    const instance = bob.instance
    const moved = new WireClient(world, 'bob', { worker: (bobsShard + 2) % workers, instance })
    moved.register()
    bob.close()
    await world.restartWorker(bobsShard)
    expect(alice.message('bob', 'here').statusCode).toBe(200)
    expect(bodyOf(moved.request('MESSAGE'))).toBe('here')
  })
})
