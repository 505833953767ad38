/**
 * RFC 3261 §16.3: what a proxy checks before it passes a request on, and what an earlier check says over a later one.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { sendInvite, signedIn } from '../../support/sessions.ts'
import { type RequestParts, WireClient } from '../../support/wire-client.ts'

const toBob = 'sip:bob@example.test'

describe.each([1, 3])('RFC 3261 §16.3 a proxy of %i workers', (workers) => {
  async function pair(): Promise<readonly [WireClient, WireClient]> {
    const world = await ServerWorld.start({ workers, users: ['alice', 'bob', 'carol'] })
    return signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
  }

  /** `483 Too Many Hops`: what alice is told of an INFO with these parts. */
  async function judged(parts: RequestParts & { lines?: readonly string[] }): Promise<string> {
    const [alice, bob] = await pair()
    const branch = 'z9hG4bKjudged'
    const bytes = alice.encode('INFO', { uri: toBob, ...parts, branch }).toString()
    const [start, ...rest] = bytes.split('\r\n')
    alice.sendBytes([start, ...(parts.lines ?? []), ...rest].join('\r\n'))
    expect(bob.requests('INFO')).toHaveLength(0)
    const { statusCode, reasonPhrase } = alice.final(branch)
    return `${statusCode} ${reasonPhrase}`
  }

  it('item 1: answers 400 where CSeq names another method', async () => {
    const [alice] = await pair()
    const bytes = alice.encode('INFO', { uri: toBob, branch: 'z9hG4bKa' }).toString()
    alice.sendBytes(bytes.replace(/^CSeq: (\d+) INFO/m, 'CSeq: $1 MESSAGE'))
    expect(alice.final('z9hG4bKa').statusCode).toBe(400)
  })

  it('item 2: MUST answer 416 to a Request-URI scheme that it does not understand', async () => {
    expect(await judged({ uri: 'tel:+15550100', to: toBob })).toBe('416 Unsupported URI Scheme')
  })

  it('item 3: MUST NOT forward a request that comes with Max-Forwards 0 (483)', async () => {
    expect(await judged({ maxForwards: 0 })).toMatch(/^483 /)
  })

  it('item 3: Max-Forwards 0 does not keep a REGISTER or an OPTIONS from the server that it is for', async () => {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    expect(alice.register(3600, { maxForwards: 0 }).statusCode).toBe(200)
    expect(alice.authenticated('OPTIONS', { maxForwards: 0 }).statusCode).toBe(200)
  })

  it('item 4: answers 482 to a request that came round unchanged', async () => {
    const [alice, bob] = await pair()
    sendInvite(alice, 'bob')
    const looped = bob.request('INVITE')
    const back = looped.bytes.toString().replace(/^INVITE \S+/, `INVITE ${toBob}`)
    bob.sendBytes(`${back.replace('\r\n', '\r\nVia: SIP/2.0/TCP 192.0.2.7:5099;branch=z9hG4bKround\r\n')}`)
    expect(bob.final('z9hG4bKround').statusCode).toBe(482)
  })

  it('item 4: a spiral, whose Request-URI has changed, is no loop', async () => {
    const world = await ServerWorld.start({ workers, users: ['alice', 'bob', 'carol'] })
    const [alice, carol] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'carol'))
    // A forwarder that speaks for alice herself.
    const gateway = new WireClient(world, 'alice', { instance: 'urn:uuid:gateway' })
    gateway.register()
    gateway.answerWith = null
    sendInvite(alice, 'alice')
    const spiralled = gateway
      .request('INVITE')
      .bytes.toString()
      .replace(/^INVITE \S+/, 'INVITE sip:carol@example.test')
    gateway.sendBytes(spiralled.replace('\r\n', '\r\nVia: SIP/2.0/TCP 192.0.2.7:5099;branch=z9hG4bKspiral\r\n'))
    const arrived = carol.request('INVITE')
    expect(arrived.values(HeaderId.via)).toHaveLength(4)
    expect(arrived.maxForwards).toBe(68)
  })

  it('item 5: MUST answer 420 with Unsupported to a Proxy-Require that it does not understand', async () => {
    const [alice, bob] = await pair()
    const branch = sendInvite(alice, 'bob', { headers: [['Proxy-Require', 'foo, bar']] })
    const answer = alice.final(branch)
    expect(answer.statusCode).toBe(420)
    expect(answer.values(HeaderId.unsupported)).toEqual(['foo', 'bar'])
    expect(bob.requests('INVITE')).toHaveLength(0)
  })

  it('passes a Require on: it is for the device', async () => {
    const [alice, bob] = await pair()
    sendInvite(alice, 'bob', { headers: [['Require', 'foo']] })
    expect(bob.request('INVITE').first(HeaderId.require)).toBe('foo')
  })

  it('item 6: challenges who has proved nothing with 407, before it looks for the callee', async () => {
    const world = await ServerWorld.start({ workers })
    const stranger = new WireClient(world, 'alice')
    for (const uri of [toBob, 'sip:nobody@example.test']) {
      const answer = stranger.final(stranger.send('INFO', { uri }))
      expect(answer.statusCode).toBe(407)
      expect(answer.has(HeaderId.proxyAuthenticate)).toBe(true)
    }
  })

  it('an earlier check is answered before a later one: scheme, hops, extensions, authentication', async () => {
    const lines = ['Proxy-Require: foo']
    expect(await judged({ uri: 'tel:+15550100', to: toBob, maxForwards: 0, lines })).toMatch(/^416 /)
    expect(await judged({ maxForwards: 0, lines })).toMatch(/^483 /)
    const world = await ServerWorld.start({ workers })
    const stranger = new WireClient(world, 'alice')
    expect(stranger.final(stranger.send('INFO', { uri: toBob, headers: [['Proxy-Require', 'x']] })).statusCode).toBe(
      420,
    )
  })

  it('a From of another domain, and a request to another domain, are refused: nothing is relayed', async () => {
    expect(await judged({ from: '<sip:mallory@example.com>;tag=1' })).toBe('403 From Is No Address Of Ours')
    expect(await judged({ uri: 'sip:bob@example.com' })).toBe('404 Domain Not Served Here')
  })

  it('§16.5: an unknown user is 404, a user without a device 480', async () => {
    expect(await judged({ uri: 'sip:nobody@example.test' })).toMatch(/^404 /)
    expect(await judged({ uri: 'sip:carol@example.test' })).toMatch(/^480 /)
  })
})
