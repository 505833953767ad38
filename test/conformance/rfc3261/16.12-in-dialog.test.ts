/**
 * RFC 3261 §16.4, §16.6 and §16.12: requests inside a dialog follow our Record-Route token, in both directions, and
 * only for who may speak for one of the two ends.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import {
  type DialogSide,
  dialogOf,
  establish,
  sendInvite,
  sendWithin,
  signedIn,
  within,
} from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

const methods = ['BYE', 'INVITE', 'UPDATE', 'PRACK', 'INFO', 'MESSAGE', 'REFER', 'NOTIFY', 'DO-SOMETHING']

describe.each([1, 3])('RFC 3261 §16.12 in-dialog requests at %i workers', (workers) => {
  async function talking(transport: 'tcp' | 'udp' = 'tcp') {
    const world = await ServerWorld.start({ workers, users: ['alice', 'bob', 'mallory'] })
    const [alice, bob] = signedIn(new WireClient(world, 'alice', { transport }), new WireClient(world, 'bob'))
    return { world, alice, bob, session: establish(alice, bob) }
  }

  /** The answer that comes back, when the other side answers 299. */
  function roundTrip(from: WireClient, side: DialogSide, to: WireClient, method: string): number {
    const branch = sendWithin(from, side, method)
    const arrived = to.request(method)
    expect(arrived.requestUri).toBe(side.target)
    expect(arrived.has(HeaderId.route)).toBe(false)
    to.respond(arrived, 299)
    return from.final(branch).statusCode
  }

  it.each(methods)('%s goes both ways by the route set alone', async (method) => {
    const { alice, bob, session } = await talking()
    expect(roundTrip(alice, session.caller, bob, method)).toBe(299)
    expect(roundTrip(bob, session.callee, alice, method)).toBe(299)
  })

  it('a device that came back on a new flow goes on with its dialog, from either end', async () => {
    const { world, alice, bob, session } = await talking()
    alice.close()
    const [again] = signedIn(new WireClient(world, 'alice', { instance: alice.instance }))
    expect(roundTrip(again, session.caller, bob, 'INFO')).toBe(299)
    bob.close()
    const [bobAgain] = signedIn(new WireClient(world, 'bob', { instance: bob.instance }))
    const branch = sendWithin(bobAgain, session.callee, 'BYE')
    // Alice's old flow is gone, and a dialog names no other.
    expect(bobAgain.final(branch).statusCode).toBe(430)
  })

  it('to an end whose flow is gone is answered 430, and reaches nobody else (P2)', async () => {
    const { world, alice, bob, session } = await talking()
    bob.close()
    const [other] = signedIn(new WireClient(world, 'bob'))
    expect(alice.final(sendWithin(alice, session.caller, 'BYE')).statusCode).toBe(430)
    expect(other.requests('BYE')).toHaveLength(0)
  })

  it('RFC 5627 §6.1: a target that is a GRUU is followed to the flow on which its device came back', async () => {
    const { world, alice, bob } = await talking()
    const gruu = /pub-gruu="([^"]+)"/.exec(bob.register().first(HeaderId.contact) ?? '')?.[1] as string
    const invited = sendInvite(alice, 'bob', { callId: 'by gruu' })
    const invite = bob.request('INVITE')
    bob.respond(invite, 200, [['Contact', `<${gruu}>`]])
    const { caller } = dialogOf(invite, alice.final(invited))
    bob.close()
    const [again, other] = signedIn(
      new WireClient(world, 'bob', { instance: bob.instance }),
      new WireClient(world, 'bob'),
    )
    for (const method of ['INFO', 'MESSAGE', 'BYE']) {
      const branch = sendWithin(alice, caller, method)
      const arrived = again.request(method)
      expect(arrived.requestUri).toBe(again.contact)
      expect(arrived.has(HeaderId.route)).toBe(false)
      again.respond(arrived, 200)
      expect(alice.final(branch).statusCode).toBe(200)
      expect(other.requests(method)).toHaveLength(0)
    }
  })

  it('a GRUU of somebody else inside a dialog leads to the dialog, not to him', async () => {
    const { world, alice, bob, session } = await talking()
    const [mallory] = signedIn(new WireClient(world, 'mallory'))
    const target = `sip:mallory@example.test;gr=${mallory.instance}`
    sendWithin(alice, { ...session.caller, target }, 'INFO')
    expect(mallory.requests('INFO')).toHaveLength(0)
    expect(bob.requests('INFO')).toHaveLength(1)
  })

  it('of somebody who may speak for neither end is refused with 481, whatever he calls himself', async () => {
    const { world, bob, session } = await talking()
    const [mallory] = signedIn(new WireClient(world, 'mallory'))
    const asHimself = sendWithin(mallory, { ...session.caller, from: '<sip:mallory@example.test>;tag=1' }, 'BYE')
    expect(mallory.final(asHimself).statusCode).toBe(481)
    // In the name of alice he is challenged for her password.
    expect(mallory.final(sendWithin(mallory, session.caller, 'BYE')).statusCode).toBe(407)
    expect(bob.requests('BYE')).toHaveLength(0)
  })

  it('with a tampered token is refused with 481', async () => {
    const { alice, bob, session } = await talking()
    const routes = session.caller.routes.map((route) =>
      route.replace(/sip:(.)/, (_, first) => `sip:${first === 'A' ? 'B' : 'A'}`),
    )
    expect(alice.final(sendWithin(alice, { ...session.caller, routes }, 'BYE')).statusCode).toBe(481)
    expect(bob.requests('BYE')).toHaveLength(0)
  })

  it('without our Route belongs to no dialog here: 481 (§12.2.2)', async () => {
    const { alice, session } = await talking()
    const lost = { ...session.caller, routes: [], target: 'sip:bob@example.test' }
    expect(alice.final(sendWithin(alice, lost, 'BYE')).statusCode).toBe(481)
  })

  it('a token on a request outside its dialog is no way round the recipient: it goes the usual way', async () => {
    const { alice, bob, session } = await talking()
    const fresh = { ...session.caller, to: '<sip:bob@example.test>', target: 'sip:bob@example.test' }
    sendWithin(alice, fresh, 'INFO')
    expect(bob.request('INFO').requestUri).toBe(bob.contact)
    const direct = sendWithin(alice, { ...fresh, target: bob.contact }, 'INFO')
    expect(alice.final(direct).statusCode).toBe(404)
  })

  it('over UDP is challenged first, and then forwarded by its route', async () => {
    const { alice, bob, session } = await talking('udp')
    for (const method of ['INFO', 'MESSAGE', 'BYE']) {
      expect(alice.final(sendWithin(alice, session.caller, method)).statusCode).toBe(407)
      expect(bob.requests(method)).toHaveLength(0)
      bob.answerWith = 200
      expect(alice.authenticated(method, within(session.caller)).statusCode).toBe(200)
      expect(bob.request(method).requestUri).toBe(session.caller.target)
      bob.answerWith = null
    }
  })

  it('§16.4: keeps a foreign Route below ours', async () => {
    const { alice, bob, session } = await talking()
    const foreign = '<sip:proxy.example.com;lr>'
    sendWithin(alice, session.caller, 'INFO', { headers: [['Route', foreign]] })
    expect(bob.request('INFO').all(HeaderId.route)).toEqual([foreign])
  })

  it('§16.4: a strict router puts our URI into the Request-URI; MUST be replaced by the last Route', async () => {
    const { alice, bob, session } = await talking()
    const { routes, target } = session.caller
    const uri = routes[0]!.slice(1, -1)
    sendWithin(alice, { ...session.caller, routes: [...routes.slice(1), `<${target}>`], target: uri }, 'INFO')
    const arrived = bob.request('INFO')
    expect(arrived.requestUri).toBe(target)
    expect(arrived.has(HeaderId.route)).toBe(false)
  })

  it('both sides keep the dialog when the caller called an alias, or a temporary GRUU', async () => {
    const world = await ServerWorld.start({ workers, users: ['alice'] })
    world.addUser('bob', { aliases: ['robert'] })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    const gruu = /temp-gruu="([^"]+)"/.exec(bob.register().first(HeaderId.contact) ?? '')?.[1]
    for (const uri of ['sip:robert@example.test', gruu as string]) {
      const session = establish(alice, bob, { uri, callId: uri.slice(4, 12) })
      expect(roundTrip(bob, session.callee, alice, 'INFO')).toBe(299)
      expect(roundTrip(alice, session.caller, bob, 'INFO')).toBe(299)
    }
  })

  it('§12.1: an early dialog has the route set of its provisional response (PRACK, RFC 3262)', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    const branch = sendInvite(alice, 'bob', { headers: [['Supported', '100rel']] })
    const invite = bob.request('INVITE')
    expect(invite.values(HeaderId.supported)).toEqual(['100rel'])
    bob.respond(invite, 183, [
      ['Contact', `<${bob.contact}>`],
      ['Require', '100rel'],
      ['RSeq', '1'],
    ])
    const early = alice.inbox.find(({ statusCode }) => statusCode === 183)!
    expect(early.first(HeaderId.rseq)).toBe('1')
    const session = dialogOf(invite, early)
    const prack = sendWithin(alice, session.caller, 'PRACK', { headers: [['RAck', '1 1 INVITE']] })
    bob.respond(bob.request('PRACK'), 200)
    expect(alice.final(prack).statusCode).toBe(200)
    bob.respond(invite, 200)
    expect(alice.final(branch).statusCode).toBe(200)
  })

  it('SUBSCRIBE and REFER are recorded too: their NOTIFYs find the way back (RFC 6665 §4.3)', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    for (const method of ['SUBSCRIBE', 'REFER']) {
      const headers = [
        ['Contact', `<${alice.contact}>`],
        ['Event', 'dialog'],
      ] as const
      const branch = alice.send(method, { uri: 'sip:bob@example.test', headers, callId: method })
      const request = bob.request(method)
      bob.respond(request, 202, [['Contact', `<${bob.contact}>`]])
      const session = dialogOf(request, alice.final(branch))
      expect(roundTrip(bob, session.callee, alice, 'NOTIFY')).toBe(299)
    }
  })
})

describe.each([1, 3])('RFC 3261 §16.11 the ACK at %i workers', (workers) => {
  async function answered(status: number) {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    const branch = sendInvite(alice, 'bob')
    const invite = bob.request('INVITE')
    bob.respond(invite, status, [['Contact', `<${bob.contact}>`]])
    return { world, alice, bob, branch, invite, session: dialogOf(invite, alice.final(branch)) }
  }

  it('of a 2xx goes by the route token, with a Via of ours, as often as it comes', async () => {
    const { alice, bob, invite, session } = await answered(200)
    const cseq = invite.cseq!.number
    const branch = sendWithin(alice, session.caller, 'ACK', { cseq })
    sendWithin(alice, session.caller, 'ACK', { cseq, branch })
    expect(bob.requests('ACK')).toHaveLength(2)
    const ack = bob.request('ACK')
    expect(ack.values(HeaderId.via)).toHaveLength(2)
    expect(ack.requestUri).toBe(bob.contact)
    expect(alice.inbox.filter(({ isRequest, cseq }) => !isRequest && cseq?.method === 'ACK')).toHaveLength(0)
  })

  it('of a failure is absorbed here; the callee has had ours (§17.1.1.3)', async () => {
    const { alice, bob, branch, invite } = await answered(486)
    expect(bob.requests('ACK')).toHaveLength(1)
    alice.send('ACK', { uri: 'sip:bob@example.test', branch, cseq: invite.cseq!.number })
    expect(bob.requests('ACK')).toHaveLength(1)
  })

  it('of a failure inside a dialog is absorbed too, although it carries the route', async () => {
    const { alice, bob, session } = await answered(200)
    const branch = sendWithin(alice, session.caller, 'INVITE', { cseq: 50 })
    bob.respond(bob.request('INVITE'), 488)
    expect(alice.final(branch).statusCode).toBe(488)
    const ours = bob.requests('ACK').length
    sendWithin(alice, session.caller, 'ACK', { branch, cseq: 50 })
    expect(bob.requests('ACK')).toHaveLength(ours)
  })

  it('in the name of one end, from a source that is none of the two, is dropped', async () => {
    const { world, bob, invite, session } = await answered(200)
    for (const transport of ['tcp', 'udp'] as const) {
      sendWithin(new WireClient(world, 'alice', { transport }), session.caller, 'ACK', { cseq: invite.cseq!.number })
    }
    expect(bob.requests('ACK')).toHaveLength(0)
  })

  it('that belongs to nothing is dropped without an answer', async () => {
    const { alice, bob } = await answered(486)
    const before = bob.requests('ACK').length
    alice.inbox.length = 0
    alice.send('ACK', { uri: 'sip:bob@example.test' })
    expect(alice.inbox).toHaveLength(0)
    expect(bob.requests('ACK')).toHaveLength(before)
  })
})
