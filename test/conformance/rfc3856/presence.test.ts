/**
 * RFC 3856: who watches a presentity is told its state and every change of it, and nothing else.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { entityTag, pidf, publish, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 3856 presence at %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    const bob = new WireClient(world, 'bob')
    alice.register()
    return { world, alice, bob }
  }

  it('§6.6.1: a registered user without a publication is open, an unregistered one closed', async () => {
    const { world, alice, bob } = await people()
    expect(subscribe(alice, 'bob').statusCode).toBe(200)
    expect(told(alice)).toEqual(['active closed'])
    world.advance(1_000)
    bob.register()
    expect(told(alice)).toEqual(['active closed', 'active open'])
    world.advance(1_000)
    bob.register(0)
    expect(told(alice)).toEqual(['active closed', 'active open', 'active closed'])
  })

  it('§6.7: a change is told once, the newest of those within a quarter of a second', async () => {
    const { world, alice, bob } = await people()
    bob.register()
    subscribe(alice, 'bob')
    world.advance(1_000)
    for (const note of ['one', 'two', 'three']) expect(publish(bob, pidf('bob', note)).statusCode).toBe(200)
    world.advance(1_000)
    expect(told(alice)).toEqual(['active open', 'active one', 'active three'])
  })

  it('§6.6.2: a device whose flow breaks is away after a while, one that comes back in time never was', async () => {
    const { world, alice, bob } = await people()
    bob.register()
    subscribe(alice, 'bob')
    world.advance(1_000)
    bob.close('transport.reset')
    world.advance(10_000)
    const back = new WireClient(world, 'bob', { instance: bob.instance })
    back.register()
    world.advance(20_000)
    expect(told(alice)).toEqual(['active open'])
    back.close('transport.reset')
    world.advance(20_000)
    expect(told(alice)).toEqual(['active open', 'active closed'])
  })

  it('§6.4: nobody but the user publishes; somebody who does not exist is not found', async () => {
    const { alice, bob } = await people()
    bob.register()
    const branch = bob.send('PUBLISH', {
      uri: 'sip:alice@example.test',
      headers: [['Event', 'presence']],
      contentType: 'application/pidf+xml',
      body: pidf('alice', 'not me'),
    })
    expect(bob.final(branch).statusCode).toBe(403)
    expect(subscribe(alice, 'nobody').statusCode).toBe(404)
  })

  it('P1: what was published is there after a restart, and counts when its device is back', async () => {
    const { world, bob } = await people()
    bob.register()
    publish(bob, pidf('bob', 'kept'))
    const next = await world.restart()
    const watcher = new WireClient(next, 'alice')
    watcher.register()
    subscribe(watcher, 'bob')
    next.advance(1_000)
    new WireClient(next, 'bob', { instance: bob.instance }).register()
    expect(told(watcher)).toEqual(['active closed', 'active kept'])
  })

  it('P1: what a client that never registers has published counts again when it is refreshed', async () => {
    const { world } = await people()
    const send = (client: WireClient, headers: readonly (readonly [string, string])[], body?: string) => {
      const parts = { uri: client.aor, headers: [['Event', 'presence'] as const, ...headers] }
      return client.authenticated('PUBLISH', {
        ...parts,
        ...(body !== undefined && { body, contentType: 'application/pidf+xml' }),
      })
    }
    const tag = entityTag(send(new WireClient(world, 'bob'), [], pidf('bob', 'kept')))
    const next = await world.restart()
    const watcher = new WireClient(next, 'alice')
    watcher.register()
    subscribe(watcher, 'bob')
    next.advance(1_000)
    expect(send(new WireClient(next, 'bob'), [['SIP-If-Match', tag]]).statusCode).toBe(200)
    next.advance(1_000)
    expect(told(watcher)).toEqual(['active closed', 'active kept'])
  })

  it('P4: a removed user is gone for his watchers', async () => {
    const { world, alice, bob } = await people()
    bob.register()
    subscribe(alice, 'bob')
    world.advance(1_000)
    world.admin('bob', { act: 'remove' })
    expect(told(alice).at(-1)).toBe('terminated;reason=noresource')
  })
})

describe.each(['refused', 'failed'] as const)('presence when a batch is %s', (reason) => {
  it('P1: a PUBLISH that cannot be kept is answered 503 and nobody is told of it', async () => {
    const world = await ServerWorld.start({ workers: 3 })
    const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
    alice.register()
    bob.register()
    subscribe(alice, 'bob')
    world.advance(1_000)
    world.disk.failNext(reason)
    expect(publish(bob, pidf('bob', 'not kept')).statusCode).toBe(503)
    for (let turn = 0; turn < 3; turn++) {
      world.settle()
      await null
    }
    world.advance(1_000)
    expect(publish(bob, pidf('bob', 'kept')).statusCode).toBe(200)
    world.advance(1_000)
    expect(told(alice)).toEqual(['active open', 'active kept'])
  })
})
