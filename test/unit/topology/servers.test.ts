/**
 * Several servers that act as one (promises P1, P2, P3 and P6): sign-in through a
 * front end, messages between homes, dead and restarted servers.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { TopologyWorld } from '../../support/topology-world.ts'
import { WireClient } from '../../support/wire-client.ts'

const standard = {
  'front.test': { role: 'front-end', workers: 2 },
  'one.test': { role: 'home', users: ['alice', 'carol'], workers: 2 },
  'two.test': { role: 'home', users: ['bob'], workers: 2 },
} as const

describe('a front end', () => {
  it('signs a user in at the home, whose challenge it passes on', async () => {
    const world = await TopologyWorld.start(standard)
    const alice = new WireClient(world.server('front.test'), 'alice')
    expect(alice.register().statusCode).toBe(200)
    const home = world.server('one.test').coreOf('alice')
    expect(home.services.registrar.summaries('sip:alice@example.test' as never)).toMatchObject([{ online: true }])
  })

  it('asks no challenge again on a flow that has signed in', async () => {
    const world = await TopologyWorld.start(standard)
    const alice = new WireClient(world.server('front.test'), 'alice')
    alice.register()
    const bob = new WireClient(world.server('front.test'), 'bob')
    bob.register()
    const branch = alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'hello' })
    expect(alice.final(branch).statusCode).toBe(200)
    const got = bob.request('MESSAGE')
    expect(String(got.body)).toBe('hello')
    expect(got.first(HeaderId.pAssertedIdentity)).toBe('<sip:alice@example.test>')
  })

  it('answers who is unknown like everybody who has not proved himself', async () => {
    const world = await TopologyWorld.start(standard)
    const nobody = new WireClient(world.server('front.test'), 'nobody')
    expect(nobody.register().statusCode).toBe(401)
  })
})
