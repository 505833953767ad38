/**
 * RFC 3581 §4 and RFC 3261 §18.2: what the topmost Via of a request says of its source, in its copy and its responses.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 3581 §4 rport at %i workers', (workers) => {
  /** Alice's Via as bob gets it, and as it comes back to her. */
  async function viasOf(via: string): Promise<{ copy: string; response: string; challenge: string }> {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice', { port: 40_001 }), new WireClient(world, 'bob'))
    const text = alice.encode('INFO', { uri: 'sip:bob@example.test', branch: 'z9hG4bKr' }).toString()
    const bytes = text.replace(/^Via: .*$/m, `Via: ${via};branch=z9hG4bKr`)
    alice.sendBytes(bytes)
    const request = bob.request('INFO')
    bob.respond(request, 200)
    const response = alice.final('z9hG4bKr').first(HeaderId.via)!
    const stranger = new WireClient(world, 'alice', { transport: 'udp', port: 40_001 })
    stranger.sendBytes(bytes)
    return {
      copy: request.values(HeaderId.via)[1]!,
      response,
      challenge: stranger.final('z9hG4bKr').first(HeaderId.via)!,
    }
  }

  it.each([
    {
      why: 'a bare rport MUST be filled in, and received added, also where it is the sent-by',
      via: 'SIP/2.0/TCP 192.0.2.7:5060;rport',
      seen: /;rport=40001;received=192\.0\.2\.7|;received=192\.0\.2\.7;rport=40001/,
    },
    {
      why: 'a sent-by that is another address MUST get received (§18.2.1)',
      via: 'SIP/2.0/TCP 10.0.0.1:5060',
      seen: /;received=192\.0\.2\.7/,
    },
    {
      why: 'so MUST a host name',
      via: 'SIP/2.0/TCP pc.example.com',
      seen: /;received=192\.0\.2\.7/,
    },
  ])('$why', async ({ via, seen }) => {
    const { copy, response, challenge } = await viasOf(via)
    for (const value of [copy, response, challenge]) expect(value).toMatch(seen)
  })

  it('a Via that is right as it came stays as it came', async () => {
    const { copy, response } = await viasOf('SIP/2.0/TCP 192.0.2.7:40001')
    expect(copy).toBe('SIP/2.0/TCP 192.0.2.7:40001;branch=z9hG4bKr')
    expect(response).toBe(copy)
  })

  it('what a sender claims of itself is overwritten', async () => {
    const { copy } = await viasOf('SIP/2.0/TCP 10.0.0.1;received=198.51.100.1')
    expect(copy).toContain(';received=192.0.2.7')
    expect(copy).not.toContain('198.51.100.1')
  })
})
