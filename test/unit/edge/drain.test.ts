/**
 * What a stop waits for: requests that are answered soon, and not an INVITE that rings (P8: SIGTERM ends in order).
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { sendInvite, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('a drain of %i workers', (workers) => {
  it('waits for a MESSAGE until its device has answered, and not for an INVITE that rings', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    const awaited = () => world.cores.reduce((sum, { edge }) => sum + edge.soonAnsweredCount, 0)
    sendInvite(alice, 'bob')
    bob.respond(bob.request('INVITE'), 180)
    expect(awaited()).toBe(0)
    bob.answerWith = null
    const branch = alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'x' })
    expect(awaited()).toBe(2)
    bob.respond(bob.request('MESSAGE'), 200)
    expect(alice.final(branch).statusCode).toBe(200)
    expect(awaited()).toBe(0)
  })
})
