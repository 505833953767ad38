/**
 * RFC 7616 §3.4.6, RFC 3261 §22.4: the digest is for one Request-URI, and good for no other.
 */
import { describe, expect, it } from 'vitest'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

async function signed(uri: string, digestUri: string): Promise<number> {
  const world = await ServerWorld.start({ users: ['alice', 'bob', 'carol'] })
  const alice = new WireClient(world, 'alice', { transport: 'udp' })
  const parts = { uri, body: 'hello' }
  const challenge = alice.final(alice.send('MESSAGE', parts))
  const credentials = alice.credentials(challenge, 'MESSAGE', { ...parts, uri: digestUri })
  return alice.final(alice.send('MESSAGE', { ...parts, headers: [credentials] })).statusCode
}

describe('RFC 7616 §3.4.6 the URI of the digest', () => {
  it('a request that was turned to somebody else on its way is refused with 400', async () => {
    expect(await signed(aorOf('carol'), aorOf('bob'))).toBe(400)
  })

  it('parameters, ports and the case of the host do not matter: clients write them differently', async () => {
    expect(await signed(aorOf('bob'), 'sip:bob@EXAMPLE.test:5060;transport=udp')).toBe(202)
  })
})
