/**
 * RFC 3261 §9.1, §9.2 and §16.10: CANCEL at a proxy.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { sendCancel, sendInvite, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

const uri = 'sip:bob@example.test'

describe.each([1, 3])('RFC 3261 §16.10 CANCEL at %i workers', (workers) => {
  async function called(transport: 'tcp' | 'udp' = 'tcp') {
    const world = await ServerWorld.start({ workers })
    const [alice] = signedIn(new WireClient(world, 'alice'))
    const [desk, phone] = signedIn(new WireClient(world, 'bob', { transport }), new WireClient(world, 'bob'))
    const branch = sendInvite(alice, 'bob')
    const [atDesk, atPhone] = [desk.request('INVITE'), phone.request('INVITE')]
    const cancelBy = (by = alice) => sendCancel(by, branch, atDesk)
    return { world, alice, desk, phone, branch, atDesk, atPhone, cancelBy }
  }

  it('is answered 200 at once, and cancels every branch that has answered provisionally', async () => {
    const { alice, desk, phone, branch, atDesk, atPhone, cancelBy } = await called()
    desk.respond(atDesk, 180)
    phone.respond(atPhone, 180)
    expect(cancelBy()).toBe(200)
    for (const [device, invite] of [
      [desk, atDesk],
      [phone, atPhone],
    ] as const) {
      device.respond(device.request('CANCEL'), 200)
      device.respond(invite, 487)
    }
    expect(alice.final(branch).statusCode).toBe(487)
  })

  it('§9.1: SHOULD NOT be sent to a branch before it has answered provisionally, and then is', async () => {
    const { desk, atDesk, cancelBy } = await called()
    cancelBy()
    expect(desk.requests('CANCEL')).toHaveLength(0)
    desk.respond(atDesk, 100)
    expect(desk.requests('CANCEL')).toHaveLength(1)
  })

  it('§9.1: carries the Request-URI, top Via, From, To, Call-ID and CSeq number of its INVITE', async () => {
    const { desk, atDesk, cancelBy } = await called()
    desk.respond(atDesk, 180)
    cancelBy()
    const cancel = desk.request('CANCEL')
    expect(cancel.requestUri).toBe(atDesk.requestUri)
    expect(cancel.values(HeaderId.via)).toEqual(atDesk.values(HeaderId.via).slice(0, 1))
    for (const id of [HeaderId.from, HeaderId.to, HeaderId.callId]) expect(cancel.first(id)).toBe(atDesk.first(id))
    expect(cancel.cseq).toEqual({ number: atDesk.cseq!.number, method: 'CANCEL' })
    expect(cancel.has(HeaderId.proxyRequire)).toBe(false)
  })

  it('over UDP is repeated until it is answered, and no longer', async () => {
    const { world, desk, atDesk, cancelBy } = await called('udp')
    desk.respond(atDesk, 180)
    cancelBy()
    world.advance(600)
    const repeated = desk.requests('CANCEL').length
    expect(repeated).toBe(2)
    desk.respond(desk.request('CANCEL'), 200)
    world.advance(30_000)
    expect(desk.requests('CANCEL')).toHaveLength(repeated - 1)
  })

  it('§9.2: has no effect when the INVITE has had its final answer', async () => {
    const { alice, desk, branch, atDesk, cancelBy } = await called()
    desk.respond(atDesk, 200)
    expect(alice.final(branch).statusCode).toBe(200)
    expect(cancelBy()).toBe(200)
    expect(desk.requests('CANCEL')).toHaveLength(0)
  })

  it('a 2xx that crosses the CANCEL still reaches the caller (§16.7 step 5)', async () => {
    const { alice, desk, branch, atDesk, cancelBy } = await called()
    desk.respond(atDesk, 180)
    cancelBy()
    desk.respond(atDesk, 200)
    expect(alice.final(branch).statusCode).toBe(200)
  })

  it('§9.2: from a new socket it matches nothing (481), and nothing is cancelled', async () => {
    const { world, desk, atDesk, cancelBy } = await called()
    desk.respond(atDesk, 180)
    expect(cancelBy(new WireClient(world, 'alice'))).toBe(481)
    expect(desk.requests('CANCEL')).toHaveLength(0)
  })

  it('with another branch it matches nothing (481)', async () => {
    const { alice, desk, atDesk } = await called()
    desk.respond(atDesk, 180)
    const branch = alice.send('CANCEL', { uri, cseq: atDesk.cseq!.number })
    expect(alice.final(branch).statusCode).toBe(481)
    expect(desk.requests('CANCEL')).toHaveLength(0)
  })

  it('before the callee is found: 487, and no device rings', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    const branch = 'z9hG4bKhasty'
    const invite = alice.encode('INVITE', { uri, branch, cseq: 7 })
    const cancel = alice.encode('CANCEL', { uri, branch, cseq: 7 })
    // Both in one turn of the server: the shard has not been asked yet.
    alice.edge.onFlowMessage(alice.flow, invite)
    alice.sendBytes(cancel)
    const statuses = alice.inbox.map(({ statusCode, cseq }) => `${cseq?.method} ${statusCode}`)
    expect(statuses).toEqual(['INVITE 100', 'CANCEL 200', 'INVITE 487'])
    expect(bob.requests('INVITE')).toHaveLength(0)
  })

  it('of a request that is no INVITE is answered and does nothing (§9.1)', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    const branch = alice.send('INFO', { uri, cseq: 9 })
    alice.send('CANCEL', { uri, branch, cseq: 9 })
    expect(alice.final(branch).cseq?.method).toBe('CANCEL')
    expect(bob.requests('CANCEL')).toHaveLength(0)
    bob.respond(bob.request('INFO'), 200)
    expect(alice.final(branch).statusCode).toBe(200)
  })
})
