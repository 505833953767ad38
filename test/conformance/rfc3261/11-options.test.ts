/**
 * RFC 3261 §11: OPTIONS to the server is answered by it, OPTIONS to a user by his device.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 3261 §11 OPTIONS at %i workers', (workers) => {
  it('§11.2: the server SHOULD name its methods, extensions and what it accepts', async () => {
    const world = await ServerWorld.start({ workers })
    const answer = new WireClient(world, 'alice').authenticated('OPTIONS')
    expect(answer.statusCode).toBe(200)
    expect(answer.values(HeaderId.allow)).toEqual(expect.arrayContaining(['REGISTER', 'MESSAGE', 'INVITE', 'OPTIONS']))
    expect(answer.values(HeaderId.supported)).toEqual([
      'path',
      'outbound',
      'gruu',
      'eventlist',
      'recipient-list-subscribe',
    ])
    expect(answer.has(HeaderId.accept)).toBe(true)
    // §20.17, by which `meridian topology check` compares clocks.
    expect(Date.parse(answer.first(HeaderId.date) ?? '')).toBe(Math.floor(world.clock.systemMs() / 1000) * 1000)
  })

  it('a client that knows only the address of the server may ask it too', async () => {
    const world = await ServerWorld.start({ workers })
    const answer = new WireClient(world, 'alice').authenticated('OPTIONS', { uri: 'sip:192.0.2.1' })
    expect(answer.statusCode).toBe(200)
  })

  it('monitoring without an account is told that the server is there', async () => {
    const world = await ServerWorld.start({ workers })
    const probe = new WireClient(world, 'probe', { transport: 'udp' })
    const from = '<sip:probe@monitoring.invalid>;tag=1'
    expect(probe.final(probe.send('OPTIONS', { from })).statusCode).toBe(200)
    expect(probe.final(probe.send('OPTIONS', { from, uri: 'sip:bob@example.test' })).statusCode).toBe(403)
  })

  it('a client that sends it by the Service-Route is answered as well', async () => {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    const serviceRoute = alice.register().first(HeaderId.serviceRoute) as string
    const branch = alice.send('OPTIONS', { headers: [['Route', serviceRoute]] })
    expect(alice.final(branch).statusCode).toBe(200)
  })

  it('OPTIONS to a user is answered by his device', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    const branch = alice.send('OPTIONS', { uri: 'sip:bob@example.test' })
    bob.respond(bob.request('OPTIONS'), 200, [['Allow', 'MESSAGE']])
    expect(alice.final(branch).first(HeaderId.allow)).toBe('MESSAGE')
  })
})
