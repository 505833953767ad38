/**
 * The rig itself, and the main job through the whole core: two users sign in and talk, with 1, 2, 3 and 8 workers.
 */
import { describe, expect, it } from 'vitest'
import { bodyOf } from '../support/played-messages.ts'
import { ServerWorld } from '../support/server-world.ts'
import { WireClient } from '../support/wire-client.ts'

describe.each([1, 2, 3, 8])('a server of %i workers', (workers) => {
  it('registers two users by digest and delivers a message both ways', async () => {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    const bob = new WireClient(world, 'bob', { transport: 'udp' })
    expect(alice.register().statusCode).toBe(200)
    expect(bob.register().statusCode).toBe(200)
    expect(alice.message('bob', 'grüß dich').statusCode).toBe(200)
    expect(bodyOf(bob.request('MESSAGE'))).toBe('grüß dich')
    expect(bob.message('alice', 'selber').statusCode).toBe(200)
    expect(bodyOf(alice.request('MESSAGE'))).toBe('selber')
  })

  it('keeps a message for a user who is away, over a restart, until he signs in (P1)', async () => {
    const before = await ServerWorld.start({ workers })
    const alice = new WireClient(before, 'alice')
    alice.register()
    expect(alice.message('bob', 'later').statusCode).toBe(202)
    const world = await before.restart()
    const bob = new WireClient(world, 'bob')
    expect(bob.register().statusCode).toBe(200)
    world.advance(1_000)
    expect(bodyOf(bob.request('MESSAGE'))).toBe('later')
  })
})
