/**
 * RFC 3261 §16.6 and §16.7: an INVITE to a user with several devices, in parallel and by q.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { dialogOf, sendCancel, sendInvite, sendWithin, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

const noContact: readonly (readonly [string, string])[] = []

/** A device of bob with this preference. */
function device(world: ServerWorld, q: number): WireClient {
  const client = new WireClient(world, 'bob')
  client.authenticated('REGISTER', {
    uri: 'sip:example.test',
    to: client.aor,
    headers: [['Contact', `<${client.contact}>;q=${q};+sip.instance="<${client.instance}>"`]],
  })
  client.answerWith = null
  return client
}

describe.each([1, 3])('RFC 3261 §16.6 a forked INVITE at %i workers', (workers) => {
  async function forked() {
    const world = await ServerWorld.start({ workers })
    const [alice] = signedIn(new WireClient(world, 'alice'))
    const [desk, phone] = signedIn(new WireClient(world, 'bob'), new WireClient(world, 'bob'))
    const branch = sendInvite(alice, 'bob')
    return { world, alice, desk, phone, branch, atDesk: desk.request('INVITE'), atPhone: phone.request('INVITE') }
  }

  it('answers 100 at once, so that the caller does not repeat it (§16.2)', async () => {
    const { alice, branch } = await forked()
    expect(alice.provisionals(branch)).toEqual([100])
  })

  it('MUST pass every provisional response but 100 (§16.7 step 5)', async () => {
    const { alice, desk, phone, branch, atDesk, atPhone } = await forked()
    desk.respond(atDesk, 100)
    desk.respond(atDesk, 180)
    phone.respond(atPhone, 183)
    expect(alice.provisionals(branch)).toEqual([100, 180, 183])
  })

  it('MUST pass a 2xx at once and cancel the others (step 5, step 10)', async () => {
    const { alice, desk, phone, branch, atDesk, atPhone } = await forked()
    phone.respond(atPhone, 180)
    desk.respond(atDesk, 200)
    expect(alice.final(branch).statusCode).toBe(200)
    expect(phone.request('CANCEL').topVia?.branch).toBe(atPhone.topVia?.branch)
  })

  it('MUST pass every 2xx, a late one too (step 5), and the ACK of each finds its device', async () => {
    const { alice, desk, phone, branch, atDesk, atPhone } = await forked()
    phone.respond(atPhone, 180)
    desk.respond(atDesk, 200, [['Contact', `<${desk.contact}>`]])
    const first = alice.final(branch)
    phone.respond(phone.request('CANCEL'), 200)
    phone.respond(atPhone, 200, [['Contact', `<${phone.contact}>`]])
    const second = alice.final(branch)
    expect(second.to?.tag).not.toBe(first.to?.tag)
    sendWithin(alice, dialogOf(atDesk, first).caller, 'ACK', { cseq: 2 })
    sendWithin(alice, dialogOf(atPhone, second).caller, 'ACK', { cseq: 2 })
    expect(desk.request('ACK').requestUri).toBe(desk.contact)
    expect(phone.request('ACK').requestUri).toBe(phone.contact)
  })

  it('RFC 6026 §7.1: a 2xx that the callee repeats goes on each time, for 64·T1, and then no more', async () => {
    const { world, alice, desk, phone, branch, atDesk, atPhone } = await forked()
    phone.respond(atPhone, 486)
    desk.respond(atDesk, 200)
    alice.final(branch)
    world.advance(500)
    desk.respond(atDesk, 200)
    expect(alice.final(branch).statusCode).toBe(200)
    world.advance(33_000)
    desk.respond(atDesk, 200)
    expect(alice.hasFinal(branch)).toBe(false)
  })

  it('nothing provisional follows a final response', async () => {
    const { alice, desk, phone, branch, atDesk, atPhone } = await forked()
    desk.respond(atDesk, 200)
    alice.final(branch)
    alice.provisionals(branch)
    phone.respond(atPhone, 180)
    expect(alice.provisionals(branch)).toEqual([])
  })

  it('a caller that goes away stops the ringing', async () => {
    const { alice, desk, atDesk } = await forked()
    desk.respond(atDesk, 180)
    alice.close()
    expect(desk.requests('CANCEL')).toHaveLength(1)
  })

  it('a repeated INVITE is absorbed and gets the last response again (§16.2)', async () => {
    const { alice, desk, branch, atDesk } = await forked()
    desk.respond(atDesk, 180)
    alice.provisionals(branch)
    sendInvite(alice, 'bob', { branch, cseq: atDesk.cseq!.number })
    expect(desk.requests('INVITE')).toHaveLength(0)
    expect(alice.provisionals(branch)).toEqual([180])
  })

  it('devices of lower q are tried when all of the higher have failed (§16.6)', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice] = signedIn(new WireClient(world, 'alice'))
    const [last, first, second] = [device(world, 0.1), device(world, 0.9), device(world, 0.5)]
    const branch = sendInvite(alice, 'bob')
    expect([last.requests('INVITE'), second.requests('INVITE')]).toEqual([noContact, noContact])
    first.respond(first.request('INVITE'), 486)
    expect(last.requests('INVITE')).toHaveLength(0)
    second.respond(second.request('INVITE'), 200)
    expect(alice.final(branch).statusCode).toBe(200)
    expect(last.requests('INVITE')).toHaveLength(0)
  })

  it('a 6xx, or a CANCEL, keeps devices of lower q from being tried', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice] = signedIn(new WireClient(world, 'alice'))
    const [low, high] = [device(world, 0.1), device(world, 0.9)]
    const declined = sendInvite(alice, 'bob')
    high.respond(high.request('INVITE'), 603)
    expect(alice.final(declined).statusCode).toBe(603)
    const cancelled = sendInvite(alice, 'bob')
    const ringing = high.request('INVITE')
    high.respond(ringing, 180)
    sendCancel(alice, cancelled, ringing)
    high.respond(ringing, 487)
    expect(alice.final(cancelled).statusCode).toBe(487)
    expect(low.requests('INVITE')).toHaveLength(0)
  })

  it('a non-INVITE goes to every device and one final answer comes back (RFC 4320 §4.1: no provisional)', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice] = signedIn(new WireClient(world, 'alice'))
    const [desk, phone] = signedIn(new WireClient(world, 'bob'), new WireClient(world, 'bob'))
    const branch = alice.send('INFO', { uri: 'sip:bob@example.test' })
    const atPhone = phone.request('INFO')
    phone.respond(atPhone, 183)
    desk.respond(desk.request('INFO'), 200)
    phone.respond(atPhone, 200)
    expect(alice.provisionals(branch)).toEqual([])
    expect(alice.final(branch).statusCode).toBe(200)
    expect(alice.hasFinal(branch)).toBe(false)
  })

  it('a call to oneself reaches the other devices, never the one that calls', async () => {
    const world = await ServerWorld.start({ workers })
    const [desk, phone] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'alice'))
    sendInvite(desk, 'alice')
    expect(phone.requests('INVITE')).toHaveLength(1)
    expect(desk.requests('INVITE')).toHaveLength(0)
  })
})
