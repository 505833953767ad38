/**
 * RFC 5630 §5.3 and RFC 3261 §26.2.2: what is addressed to a SIPS URI leaves this server by TLS, or not at all.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { sendInvite, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

const uri = 'sips:bob@example.test'

describe.each([1, 3])('RFC 5630 §5.3 SIPS at %i workers', (workers) => {
  it.each(['tls', 'wss'] as const)(
    'is forwarded to the device that has come by %s, and to no other',
    async (secured) => {
      const world = await ServerWorld.start({ workers })
      const [alice, safe, plain] = signedIn(
        new WireClient(world, 'alice', { transport: 'tls' }),
        new WireClient(world, 'bob', { transport: secured }),
        new WireClient(world, 'bob', { transport: 'tcp' }),
      )
      sendInvite(alice, 'bob', { uri })
      expect(safe.requests('INVITE')).toHaveLength(1)
      expect(plain.requests('INVITE')).toHaveLength(0)
    },
  )

  it('without such a device is 480', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice', { transport: 'tls' }), new WireClient(world, 'bob'))
    expect(alice.final(sendInvite(alice, 'bob', { uri })).statusCode).toBe(480)
    expect(bob.requests('INVITE')).toHaveLength(0)
  })
})
