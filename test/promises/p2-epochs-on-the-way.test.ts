/**
 * Promise P2: what an account had proved before it was disabled counts no longer, also where the proof was still on
 * its way.
 */
import { describe, expect, it } from 'vitest'
import { aorOf, ServerWorld } from '../support/server-world.ts'
import { WireClient } from '../support/wire-client.ts'

describe.each([1, 3])('an account that is disabled while its request waits, at %i workers', (workers) => {
  it('loses the flow by which the request came when the answer would have proved it', async () => {
    const world = await ServerWorld.start({ workers })
    const bob = new WireClient(world, 'bob')
    bob.register()
    bob.answerWith = null
    const alice = new WireClient(world, 'alice')
    const to = { uri: aorOf('bob'), body: 'slow' }
    const challenge = alice.final(alice.send('MESSAGE', to))
    alice.send('MESSAGE', { ...to, headers: [alice.credentials(challenge, 'MESSAGE', to)] })
    world.admin('alice', { act: 'set-disabled', disabled: true })
    bob.respond(bob.request('MESSAGE'), 200)
    world.advance(1_000)
    expect(alice.closedBy).toBe('edge.epoch-raised')
  })

  it('a flow that closed before its answer came is forgotten', async () => {
    const world = await ServerWorld.start({ workers })
    for (let round = 0; round < 5; round++) {
      const alice = new WireClient(world, 'alice', { instance: null })
      const parts = { uri: 'sip:example.test', to: alice.aor }
      const challenge = alice.final(alice.send('REGISTER', { ...parts, headers: alice.registerHeaders(600) }))
      const headers = [...alice.registerHeaders(600), alice.credentials(challenge, 'REGISTER', parts)]
      alice.edge.onFlowMessage(alice.flow, alice.encode('REGISTER', { ...parts, headers, branch: `z9hG4bKr${round}` }))
      alice.close()
      world.settle()
    }
    world.admin('alice', { act: 'set-disabled', disabled: true })
    expect(world.logged('edge.epoch-raised')).toBe(0)
    expect(world.cores.reduce((sum, core) => sum + core.edge.load.flows, 0)).toBe(0)
  })
})

describe('an alias (P2)', () => {
  it('never takes an account of that name over', async () => {
    const world = await ServerWorld.start({ users: ['alice', 'bob'] })
    world.addUser('mallory', { aliases: ['alice'] })
    const alice = new WireClient(world, 'alice')
    expect(alice.register().statusCode).toBe(200)
    const bob = new WireClient(world, 'bob')
    expect(bob.message('alice', 'for alice').statusCode).toBe(200)
    expect(alice.requests('MESSAGE')).toHaveLength(1)
  })
})
