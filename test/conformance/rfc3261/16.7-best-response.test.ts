/**
 * RFC 3261 §16.7: which of the responses of a forked INVITE the caller gets.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../../src/sip/message/sip-message.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { sendInvite, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

type Answer = readonly [status: number, headers?: readonly (readonly [string, string])[]]

describe.each([1, 3])('RFC 3261 §16.7 best response of %i workers', (workers) => {
  /** Alice calls bob, whose devices answer in this order. */
  async function answered(...answers: readonly Answer[]): Promise<SipMessage> {
    const world = await ServerWorld.start({ workers })
    const [alice] = signedIn(new WireClient(world, 'alice'))
    const devices = signedIn(...answers.map(() => new WireClient(world, 'bob')))
    const branch = sendInvite(alice, 'bob')
    for (const [index, [status, headers]] of answers.entries()) {
      const device = devices[index] as WireClient
      device.respond(device.request('INVITE'), status, headers)
    }
    return alice.final(branch)
  }

  it.each([
    { statuses: [486, 603], best: 603, why: 'step 6: MUST choose a 6xx when there is one' },
    { statuses: [603, 486], best: 603, why: 'a 6xx that comes first is remembered' },
    { statuses: [500, 486], best: 486, why: 'step 6: else MUST choose from the lowest class' },
    { statuses: [486, 302], best: 302, why: 'a 3xx is a lower class than a 4xx' },
    { statuses: [404, 420], best: 420, why: 'SHOULD prefer what tells the caller how to try again' },
    { statuses: [404, 484], best: 484, why: '484 is such an answer' },
    { statuses: [408, 486], best: 486, why: 'silence says less than any other 4xx' },
    { statuses: [500, 503], best: 500, why: 'another answer of the class is taken before 503' },
  ])('$statuses gives $best: $why', async ({ statuses, best }) => {
    expect((await answered(...statuses.map((status) => [status] as const))).statusCode).toBe(best)
  })

  it('step 6: a 503 SHOULD NOT be forwarded: one device is away, not this server', async () => {
    expect((await answered([503, [['Retry-After', '600']]])).statusCode).toBe(480)
    expect((await answered([503], [503])).has(HeaderId.retryAfter)).toBe(false)
  })

  it('step 7: a 401 or 407 MUST carry the challenges of every other 401 and 407', async () => {
    const final = await answered(
      [407, [['Proxy-Authenticate', 'Digest realm="one", nonce="1"']]],
      [401, [['WWW-Authenticate', 'Digest realm="two", nonce="2"']]],
      [404, [['WWW-Authenticate', 'Digest realm="no challenge", nonce="3"']]],
    )
    expect(final.statusCode).toBe(407)
    expect(final.all(HeaderId.proxyAuthenticate)).toEqual(['Digest realm="one", nonce="1"'])
    expect(final.all(HeaderId.wwwAuthenticate)).toEqual(['Digest realm="two", nonce="2"'])
  })

  it('step 3: the response goes on as it came, but for our Via', async () => {
    const final = await answered([
      486,
      [
        ['X-Odd', ' b ,  c'],
        ['Warning', '399 pc "busy"'],
      ],
    ])
    expect(final.named('X-Odd')).toBe('b ,  c')
    expect(final.first(HeaderId.warning)).toBe('399 pc "busy"')
    expect(final.values(HeaderId.via)).toHaveLength(1)
  })

  it('waits for every branch before it passes a failure', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice] = signedIn(new WireClient(world, 'alice'))
    const [desk, phone] = signedIn(new WireClient(world, 'bob'), new WireClient(world, 'bob'))
    const branch = sendInvite(alice, 'bob')
    desk.respond(desk.request('INVITE'), 486)
    expect(alice.hasFinal(branch)).toBe(false)
    expect(desk.requests('ACK')).toHaveLength(1)
    phone.respond(phone.request('INVITE'), 404)
    expect([404, 486]).toContain(alice.final(branch).statusCode)
  })

  it('a 6xx ends the search: the other branches are cancelled (step 5)', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice] = signedIn(new WireClient(world, 'alice'))
    const [desk, phone] = signedIn(new WireClient(world, 'bob'), new WireClient(world, 'bob'))
    const branch = sendInvite(alice, 'bob')
    const ringing = phone.request('INVITE')
    phone.respond(ringing, 180)
    desk.respond(desk.request('INVITE'), 603)
    phone.respond(phone.request('CANCEL'), 200)
    phone.respond(ringing, 487)
    expect(alice.final(branch).statusCode).toBe(603)
  })

  it('step 10 and §16.8: a callee that never answers is a 408', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    const branch = sendInvite(alice, 'bob')
    bob.request('INVITE')
    world.advance(31_000)
    expect(alice.hasFinal(branch)).toBe(false)
    world.advance(2_000)
    expect(alice.final(branch).statusCode).toBe(408)
  })
})
