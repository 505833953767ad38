/**
 * RFC 3261 §17.2.1: the ACK of a refused re-INVITE belongs to the server that refused. Both ACKs of a session carry
 * the same Route; only the transaction tells the one that goes on to the callee (§16.11) from the one that ends here.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { establish, sdp, sendWithin, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 3261 §17.2.1 a re-INVITE that is challenged over UDP, at %i workers', (workers) => {
  async function challenged() {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice', { transport: 'udp' }), new WireClient(world, 'bob'))
    const { caller } = establish(alice, bob)
    const branch = sendWithin(alice, caller, 'INVITE', { body: sdp, contentType: 'application/sdp', cseq: 7 })
    return { world, alice, bob, caller, branch, challenge: alice.final(branch) }
  }

  it('its ACK ends here and does not follow the route of the session', async () => {
    const { alice, bob, caller, branch, challenge } = await challenged()
    expect(challenge.statusCode).toBe(407)
    sendWithin(alice, caller, 'ACK', { branch, cseq: 7 })
    expect(bob.requests('ACK')).toHaveLength(0)
  })

  it('without the ACK the challenge is repeated (timer G), with it no more', async () => {
    const { world, alice, caller, branch } = await challenged()
    world.advance(500)
    expect(alice.final(branch).statusCode).toBe(407)
    sendWithin(alice, caller, 'ACK', { branch, cseq: 7 })
    world.advance(4_000)
    expect(alice.hasFinal(branch)).toBe(false)
  })
})
