/**
 * RFC 7616 §5.4, §5.8: guessing is slow, then stopped, over UDP as well; forged sources bring nobody else to harm. A
 * nonce is made for one address, so who brings it back has proved that address.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

const perMinute = 10

function startWorld() {
  return ServerWorld.start({
    change: (settings) => ({
      ...settings,
      edge: { ...settings.edge, limits: { ...settings.edge.limits, failuresPerMinute: perMinute } },
    }),
  })
}

/** One guess from a port of its own; returns the status, or null while the answer is delayed. */
function guess(world: ServerWorld, address: string, challengedAt = address): number | null {
  const parts = { uri: 'sip:example.test', to: 'sip:alice@example.test' }
  const challenged = new WireClient(world, 'alice', { transport: 'udp', address: challengedAt, password: 'wrong' })
  const challenge = challenged.final(challenged.send('REGISTER', parts))
  if (challenge.statusCode !== 401) return challenge.statusCode
  const client = new WireClient(world, 'alice', { transport: 'udp', address, password: 'wrong' })
  const branch = client.send('REGISTER', { ...parts, headers: [client.credentials(challenge, 'REGISTER', parts)] })
  return client.hasFinal(branch) ? client.final(branch).statusCode : null
}

describe('RFC 7616 §5.8 guessing over UDP with a port for each guess', () => {
  it('is answered late, and then the address is refused', async () => {
    const world = await startWorld()
    const answers = Array.from({ length: perMinute + 2 }, () => guess(world, '198.51.100.9'))
    expect(answers.slice(0, 3)).toEqual([401, 401, 401])
    expect(answers).toContain(null)
    expect(answers.at(-1)).toBe(503)
  })

  it('with nonces of other addresses counts against nobody: the source may be forged', async () => {
    const world = await startWorld()
    for (let count = 0; count < 3 * perMinute; count++) guess(world, '203.0.113.5', '198.51.100.9')
    const newcomer = new WireClient(world, 'bob', { address: '203.0.113.5' })
    expect(newcomer.register().statusCode).toBe(200)
  })

  it('does not cut a registered peer behind the same address', async () => {
    const world = await startWorld()
    const bob = new WireClient(world, 'bob', { transport: 'udp', address: '198.51.100.9' })
    bob.register()
    for (let count = 0; count < perMinute + 2; count++) guess(world, '198.51.100.9')
    expect(bob.register().statusCode).toBe(200)
  })
})
