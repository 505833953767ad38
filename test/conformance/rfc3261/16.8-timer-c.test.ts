/**
 * RFC 3261 §16.8: timer C ends an INVITE that rings for ever; what no report ends is ended too.
 */
import { describe, expect, it } from 'vitest'
import { timerCMs } from '../../../src/edge/forks.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { sendInvite, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 3261 §16.8 timer C at %i workers', (workers) => {
  async function ringing() {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    const branch = sendInvite(alice, 'bob')
    const invite = bob.request('INVITE')
    bob.respond(invite, 180)
    return { world, alice, bob, branch, invite }
  }

  it('MUST be larger than three minutes', () => expect(timerCMs).toBeGreaterThanOrEqual(180_000))

  it('cancels a branch that has rung for so long; its 487 goes upstream', async () => {
    const { world, alice, bob, branch, invite } = await ringing()
    world.advance(timerCMs - 1_000)
    expect(bob.requests('CANCEL')).toHaveLength(0)
    world.advance(2_000)
    bob.respond(bob.request('CANCEL'), 200)
    bob.respond(invite, 487)
    expect(alice.final(branch).statusCode).toBe(487)
  })

  it('is set anew by each provisional response but 100 (§16.7 step 2)', async () => {
    const { world, bob, invite } = await ringing()
    world.advance(timerCMs - 1_000)
    bob.respond(invite, 180)
    world.advance(timerCMs - 1_000)
    bob.respond(invite, 100)
    expect(bob.requests('CANCEL')).toHaveLength(0)
    world.advance(2_000)
    expect(bob.requests('CANCEL')).toHaveLength(1)
  })

  it('§9.1: a callee that does not answer the cancelled INVITE within 64·T1 is given up', async () => {
    const { world, alice, bob, branch } = await ringing()
    world.advance(timerCMs + 1_000)
    bob.respond(bob.request('CANCEL'), 200)
    world.advance(33_000)
    expect(alice.final(branch).statusCode).toBe(487)
    expect(world.cores.map((core) => core.edge.load.sent)).toEqual(Array(workers).fill(0))
  })
})
