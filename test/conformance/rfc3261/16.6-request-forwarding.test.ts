/**
 * RFC 3261 §16.6: a request as it arrives at the device: byte for byte but for what a proxy changes.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../../src/sip/message/sip-message.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { sendInvite, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

const toBob = 'sip:bob@example.test'

async function pair(workers: number): Promise<readonly [WireClient, WireClient]> {
  const world = await ServerWorld.start({ workers })
  return signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
}

/** Alice sends these bytes, bob takes what arrives. */
function arrived(alice: WireClient, bob: WireClient, bytes: Buffer | string): SipMessage {
  alice.sendBytes(bytes)
  return bob.request('INFO')
}

/** Header lines with their folding, without those that the proxy writes. */
function untouchedLines(bytes: Buffer): string[] {
  const head = bytes.subarray(0, bytes.indexOf('\r\n\r\n')).toString('latin1')
  const lines = head.split(/\r\n(?![ \t])/).slice(1)
  return lines.filter((line) => !/^(via|v|max-forwards|max-breadth|p-asserted-identity)[ \t]*:/i.test(line))
}

describe.each([1, 3])('RFC 3261 §16.6 forwarding by %i workers', (workers) => {
  it('step 2: the Request-URI MUST become the Contact of the device', async () => {
    const [alice, bob] = await pair(workers)
    sendInvite(alice, 'bob')
    expect(bob.request('INVITE').requestUri).toBe(bob.contact)
  })

  it('step 3: Max-Forwards MUST be one less; without one it SHOULD be 70', async () => {
    const [alice, bob] = await pair(workers)
    alice.send('INFO', { uri: toBob, maxForwards: 17 })
    expect(bob.request('INFO').maxForwards).toBe(16)
    const without = alice.encode('INFO', { uri: toBob, branch: 'z9hG4bKnone' }).toString()
    expect(arrived(alice, bob, without.replace(/Max-Forwards: 70\r\n/, '')).maxForwards).toBe(70)
  })

  it('step 8: MUST have our Via on top of those that came, with a branch of its own for each device', async () => {
    const [alice, desk] = await pair(workers)
    const [phone] = signedIn(new WireClient(alice.world, 'bob'))
    const branch = sendInvite(alice, 'bob')
    const [first, second] = [desk.request('INVITE'), phone.request('INVITE')]
    expect(first.topVia?.branch).toMatch(/^z9hG4bK/)
    expect(first.topVia?.branch).not.toBe(second.topVia?.branch)
    expect(first.values(HeaderId.via)).toHaveLength(2)
    expect(first.values(HeaderId.via)[1]).toContain(branch)
    expect(first.topVia).toMatchObject({ transport: 'TCP', host: '192.0.2.1', port: 5060 })
  })

  it('passes methods that nobody has heard of, with their bodies (§16.2)', async () => {
    const [alice, bob] = await pair(workers)
    const branch = alice.send('FROBNICATE', { uri: toBob, body: 'x', contentType: 'application/odd' })
    const request = bob.request('FROBNICATE')
    expect(request.body.toString()).toBe('x')
    bob.respond(request, 200)
    expect(alice.final(branch).cseq?.method).toBe('FROBNICATE')
  })

  it('a multipart body and its Content headers arrive as they left', async () => {
    const [alice, bob] = await pair(workers)
    const body =
      '--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b\r\nContent-Type: application/x\r\n\r\n\u0000\u0001\r\n--b--\r\n'
    const headers = [['Content-Disposition', 'session;handling=optional'] as const]
    alice.send('INFO', { uri: toBob, body, contentType: 'multipart/mixed;boundary=b', headers })
    const request = bob.request('INFO')
    expect(request.body.toString()).toBe(body)
    expect(request.first(HeaderId.contentType)).toBe('multipart/mixed;boundary=b')
    expect(request.first(HeaderId.contentDisposition)).toBe('session;handling=optional')
  })

  it('any header in any spelling, folded or not, and any body leave byte for byte and in their order', async () => {
    const [alice, bob] = await pair(workers)
    const name = fc.stringMatching(/^X-[a-zA-Z0-9.!%*_+`'~-]{1,12}$/)
    const known = fc.constantFrom(
      'Subject',
      's',
      'sUbJeCt',
      'Supported',
      'k',
      'Date',
      'User-Agent',
      'Call-Info',
      'Accept',
    )
    const word = fc.stringMatching(/^[!-~]{1,8}$/)
    const blank = fc.constantFrom(' ', '\t', '  ', '\r\n ', '\r\n\t ')
    const value = fc.tuple(word, fc.array(fc.tuple(blank, word), { maxLength: 4 }))
    const line = fc.tuple(fc.oneof(name, known), fc.constantFrom(':', ': ', ' : ', ':\t'), value)
    let number = 0
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.uint8Array({ maxLength: 64 }), (lines, body) => {
        const texts = lines.map(([title, colon, [first, rest]]) => `${title}${colon}${first}${rest.flat().join('')}`)
        const plain = alice.encode('INFO', { uri: toBob, branch: `z9hG4bKany${number++}` }).toString()
        const head = plain.replace(/Content-Length: 0\r\n\r\n$/, () =>
          [...texts, `l: ${body.length}`, '', ''].join('\r\n'),
        )
        const bytes = Buffer.concat([Buffer.from(head), body])
        const request = arrived(alice, bob, bytes)
        expect(untouchedLines(request.bytes)).toEqual(untouchedLines(bytes))
        expect(request.body.equals(Buffer.from(body))).toBe(true)
        bob.respond(request, 200)
      }),
      { numRuns: 150 },
    )
  })

  it('and so do responses, but for our Via (§16.7 step 9)', async () => {
    const [alice, bob] = await pair(workers)
    const branch = alice.send('INFO', { uri: toBob })
    bob.respond(bob.request('INFO'), 200, [
      ['x-Odd', 'a,b'],
      ['Content-Language', 'de'],
      ['X-Odd', '"c  d"'],
    ])
    const odd = alice.final(branch)
    expect(untouchedLines(odd.bytes).filter((line) => /odd|language/i.test(line))).toEqual([
      'x-Odd: a,b',
      'Content-Language: de',
      'X-Odd: "c  d"',
    ])
  })

  it('§22.3: credentials for our realm are spent here, those for others pass', async () => {
    const [alice, bob] = await pair(workers)
    const ours = 'Digest username="alice", realm="example.test", nonce="n", uri="sip:x", response="00"'
    const theirs = 'Digest username="alice", realm="gateway.example.com", nonce="n", uri="sip:x", response="11"'
    const headers = [ours, theirs].flatMap((value) => [
      ['Proxy-Authorization', value] as const,
      ['Authorization', value] as const,
    ])
    alice.send('INFO', { uri: toBob, headers })
    const request = bob.request('INFO')
    expect(request.all(HeaderId.proxyAuthorization)).toEqual([theirs])
    expect(request.all(HeaderId.authorization)).toEqual([theirs])
  })

  it('§22.3: credentials for another realm alone are no failed sign-in: challenged, however often', async () => {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice', { transport: 'udp' })
    const theirs = 'Digest username="alice", realm="gateway.example.com", nonce="n", uri="sip:x", response="11"'
    for (let count = 0; count < 5; count++) {
      const answer = alice.final(alice.send('INFO', { uri: toBob, headers: [['Authorization', theirs]] }))
      expect(answer.statusCode).toBe(407)
    }
    expect(alice.register().statusCode).toBe(200)
  })
})
