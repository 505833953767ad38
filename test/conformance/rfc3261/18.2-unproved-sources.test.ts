/**
 * RFC 3261 §18.2: an address on UDP that has proved nothing gets no more than three times what it sent, and
 * one answer for each request.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { sdp } from '../../support/sessions.ts'
import { type RequestParts, WireClient } from '../../support/wire-client.ts'

const uri = 'sip:bob@example.test'
const wrong = 'Digest username="alice",realm="example.test",nonce="00",uri="sip:bob@example.test",response="00"'

describe.each([1, 3])('unproved UDP sources at %i workers', (workers) => {
  /** Bytes that came back for one request, whatever time brings. */
  async function answeredBytes(method: string, parts: RequestParts): Promise<{ sent: number; got: number }> {
    const world = await ServerWorld.start({ workers })
    const stranger = new WireClient(world, 'alice', { transport: 'udp' })
    const bytes = stranger.encode(method, { uri, ...parts, branch: 'z9hG4bKu' })
    stranger.sendBytes(bytes)
    world.advance(60_000)
    return { sent: bytes.length, got: stranger.inbox.reduce((sum, message) => sum + message.bytes.length, 0) }
  }

  it.each([
    { what: 'a challenge', method: 'REGISTER', parts: {} },
    { what: 'a challenge of an INVITE', method: 'INVITE', parts: { body: sdp } },
    { what: 'a refusal', method: 'OPTIONS', parts: { maxForwards: 0 } },
    { what: 'wrong credentials', method: 'INFO', parts: { headers: [['Proxy-Authorization', wrong]] } },
    { what: 'wrong credentials of an INVITE', method: 'INVITE', parts: { headers: [['Proxy-Authorization', wrong]] } },
    { what: 'a method for nobody', method: 'CANCEL', parts: {} },
  ] as const)('$what is no more than three times the request, copies included', async ({ method, parts }) => {
    const { sent, got } = await answeredBytes(method, parts)
    expect(got).toBeGreaterThan(0)
    expect(got).toBeLessThanOrEqual(3 * sent)
  })

  it('a request too short for two challenges gets the one that every client knows, or none', async () => {
    const world = await ServerWorld.start({ workers })
    const stranger = new WireClient(world, 'alice', { transport: 'udp' })
    const bytes =
      'OPTIONS sip:b@example.test SIP/2.0\r\nv: SIP/2.0/UDP a;branch=z9hG4bK1\r\nf: sip:a@example.test;tag=1\r\n' +
      't: sip:b@example.test\r\ni: 1\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 9\r\n\r\n'
    stranger.sendBytes(bytes)
    const got = stranger.inbox.map((message) => message.bytes.length)
    expect(got.every((length) => length <= 3 * bytes.length)).toBe(true)
    for (const answer of stranger.inbox) {
      expect(answer.all(HeaderId.proxyAuthenticate)).toHaveLength(1)
      expect(answer.first(HeaderId.proxyAuthenticate)).toContain('MD5')
    }
  })

  it('challenges over UDP keep no state: each copy of the request is answered, none by a timer', async () => {
    const world = await ServerWorld.start({ workers })
    const stranger = new WireClient(world, 'alice', { transport: 'udp' })
    const bytes = stranger.encode('INVITE', { uri, body: sdp, branch: 'z9hG4bKc' })
    stranger.sendBytes(bytes)
    world.advance(60_000)
    expect(stranger.inbox).toHaveLength(1)
    stranger.sendBytes(bytes)
    expect(stranger.inbox).toHaveLength(2)
    for (const core of world.cores) expect(core.edge.load.pending).toBe(0)
  })
})
