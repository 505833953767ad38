/**
 * RFC 3261 §10.3: what a registrar checks, in which order, and what it answers. Contacts are in
 * `10.3-contacts.test.ts`.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { contactsOf, fetchBindings, listed, registerContacts, registerWith } from '../../support/registrations.ts'
import { ServerWorld, startOfTimeMs } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 3261 §10.3 with %i workers', (workers) => {
  async function signedIn(): Promise<{ world: ServerWorld; alice: WireClient }> {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    expect(alice.register().statusCode).toBe(200)
    return { world, alice }
  }

  it('step 1: a Request-URI of another domain is refused before anybody is challenged', async () => {
    const { world } = await signedIn()
    const stranger = new WireClient(world, 'alice')
    expect(stranger.final(stranger.send('REGISTER', { uri: 'sip:example.org', to: stranger.aor })).statusCode).toBe(404)
  })

  it('step 2: an extension that is Required and not known is named in a 420, and nothing is changed', async () => {
    const { alice } = await signedIn()
    const answer = registerWith(alice, [
      ['Contact', '<sip:other@192.0.2.7>'],
      ['Require', 'path, gizmo, widget'],
    ])
    expect(answer.statusCode).toBe(420)
    expect(answer.values(HeaderId.unsupported)).toEqual(['gizmo', 'widget'])
    expect(contactsOf(fetchBindings(alice))).toHaveLength(1)
  })

  it('step 3: who sends no credentials is challenged with 401, whatever else is wrong with the request', async () => {
    const { world } = await signedIn()
    const stranger = new WireClient(world, 'alice')
    const headers = [['Contact', '*'] as const, ['Require', 'gizmo'] as const]
    const answer = stranger.final(stranger.send('REGISTER', { uri: 'sip:example.test', to: stranger.aor, headers }))
    expect(answer.statusCode).toBe(401)
    expect(answer.values(HeaderId.wwwAuthenticate).length).toBeGreaterThan(0)
  })

  it('step 4: nobody registers somebody else, neither by To nor by From', async () => {
    const { world, alice } = await signedIn()
    const bobInTo = alice.authenticated('REGISTER', {
      uri: 'sip:example.test',
      to: 'sip:bob@example.test',
      headers: [['Contact', '<sip:alice@192.0.2.7>']],
    })
    // Bob's shard asks for Bob's password, which Alice has not.
    expect([401, 403]).toContain(bobInTo.statusCode)
    const third = registerWith(alice, [['Contact', '<sip:alice@192.0.2.7>']], {
      from: '<sip:bob@example.test>;tag=x',
    })
    expect(third.statusCode).toBe(403)
    const bob = new WireClient(world, 'bob')
    bob.register()
    expect(contactsOf(fetchBindings(bob))).toHaveLength(1)
  })

  it('step 5: To names the user in any spelling; the binding is found under the one address of record', async () => {
    const { alice } = await signedIn()
    const to = '<sips:%61LICE@Example.Test:5061;x=y>'
    const answer = registerWith(alice, [['Contact', '<sip:second@192.0.2.7>']], { to })
    expect(answer.statusCode).toBe(200)
    expect(contactsOf(fetchBindings(alice))).toHaveLength(2)
  })

  it('step 6: without Contact nothing changes and all bindings are listed', async () => {
    const { alice } = await signedIn()
    const writes = alice.world.disk.durable.size
    expect(listed(fetchBindings(alice))).toEqual([`sip:alice@192.0.2.7:${alice.port} 3600`])
    expect(alice.world.disk.durable.size).toBe(writes)
  })

  it('step 6: `*` removes all, and goes only alone and with Expires: 0', async () => {
    const { alice } = await signedIn()
    registerContacts(alice, '<sip:second@192.0.2.7>')
    const refused = [
      registerWith(alice, [['Contact', '*']]),
      registerWith(alice, [
        ['Contact', '*'],
        ['Expires', '60'],
      ]),
      registerWith(alice, [
        ['Contact', '*, <sip:x@192.0.2.7>'],
        ['Expires', '0'],
      ]),
    ]
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([400, 400, 400])
    expect(contactsOf(fetchBindings(alice))).toHaveLength(2)
    const removed = registerWith(alice, [
      ['Contact', '*'],
      ['Expires', '0'],
    ])
    expect([removed.statusCode, listed(removed)]).toEqual([200, []])
  })

  it('step 7: an expiry below the minimum is answered 423 with Min-Expires, and nothing is changed', async () => {
    const { alice } = await signedIn()
    const answer = registerContacts(alice, '<sip:second@192.0.2.7>;expires=120', '<sip:third@192.0.2.7>;expires=59')
    expect([answer.statusCode, answer.first(HeaderId.minExpires)]).toEqual([423, '60'])
    expect(contactsOf(fetchBindings(alice))).toHaveLength(1)
  })

  it('step 7: a longer expiry than allowed is shortened; the Contact parameter goes before Expires', async () => {
    const { alice } = await signedIn()
    const answer = registerWith(alice, [
      ['Contact', '<sip:second@192.0.2.7>;expires=86400'],
      ['Contact', '<sip:third@192.0.2.7>'],
      ['Contact', '<sip:fourth@192.0.2.7>;expires=soon'],
      ['Expires', '600'],
    ])
    expect(listed(answer).slice(1)).toEqual([
      'sip:second@192.0.2.7 7200',
      'sip:third@192.0.2.7 600',
      'sip:fourth@192.0.2.7 3600',
    ])
  })

  it('step 7: without any expiry the default is given', async () => {
    const { alice } = await signedIn()
    expect(listed(registerContacts(alice, '<sip:second@192.0.2.7>'))[1]).toBe('sip:second@192.0.2.7 3600')
  })

  it('step 7: a lower CSeq of the same Call-ID aborts the whole request; another Call-ID starts anew', async () => {
    const { alice } = await signedIn()
    const second = '<sip:second@192.0.2.7>'
    const with3 = (contact: string, cseq: number, callId: string) =>
      registerWith(alice, [['Contact', contact]], { cseq, callId }).statusCode
    expect(with3(second, 100, 'run-1')).toBe(200)
    expect(with3(`${second}, <sip:new@192.0.2.7>`, 99, 'run-1')).toBe(500)
    expect(with3(`${second};expires=0`, 99, 'run-1')).toBe(500)
    expect(contactsOf(fetchBindings(alice)).map(({ uri }) => uri)).not.toContain('sip:new@192.0.2.7')
    expect(with3(second, 1, 'run-2')).toBe(200)
    expect(with3(second, 2, 'run-2')).toBe(200)
  })

  it('step 7: a late REGISTER does not bring back what a newer one of its Call-ID removed', async () => {
    const { alice } = await signedIn()
    const second = '<sip:second@192.0.2.7>'
    const statusOf = (contact: string, cseq: number, callId: string) =>
      registerWith(alice, [['Contact', contact]], { cseq, callId }).statusCode
    expect(statusOf(second, 10, 'run')).toBe(200)
    expect(statusOf(`${second};expires=0`, 12, 'run')).toBe(200)
    expect(statusOf(second, 11, 'run')).toBe(500)
    expect(contactsOf(fetchBindings(alice)).map(({ uri }) => uri)).not.toContain('sip:second@192.0.2.7')
    // Another run of the client, and what this one wants next, are as good as ever.
    expect(statusOf(second, 1, 'run 2')).toBe(200)
    expect(statusOf(`${second};expires=0`, 2, 'run 2')).toBe(200)
    expect(statusOf(second, 13, 'run')).toBe(200)
  })

  it('step 7: nor one that comes after `*`, until nobody can be waiting for its answer', async () => {
    const { alice, world } = await signedIn()
    const second = '<sip:second@192.0.2.7>'
    const statusOf = (contact: string, cseq: number, expires = '3600') => {
      const headers: [string, string][] = [
        ['Contact', contact],
        ['Expires', expires],
      ]
      return registerWith(alice, headers, { cseq, callId: 'run' }).statusCode
    }
    expect(statusOf(second, 20)).toBe(200)
    expect(statusOf('*', 22, '0')).toBe(200)
    expect(statusOf(second, 21)).toBe(500)
    world.advance(33_000)
    expect(statusOf(second, 21)).toBe(200)
  })

  it('step 7: a late `*` removes nothing that was registered after it', async () => {
    const { alice } = await signedIn()
    registerWith(alice, [['Contact', '<sip:second@192.0.2.7>']], { cseq: 50, callId: 'run' })
    const late = registerWith(
      alice,
      [
        ['Contact', '*'],
        ['Expires', '0'],
      ],
      { cseq: 49, callId: 'run' },
    )
    expect(late.statusCode).toBe(500)
    expect(contactsOf(fetchBindings(alice))).toHaveLength(2)
  })

  it('step 7: a Contact that is no SIP URI, malformed or overlong is refused, with all that came with it', async () => {
    const { alice } = await signedIn()
    const long = `<sip:${'x'.repeat(1_100)}@192.0.2.7>`
    for (const bad of ['<mailto:alice@example.test>', '<sip:@>', '<tel:+4930>', long]) {
      expect(registerContacts(alice, '<sip:good@192.0.2.7>', bad).statusCode, bad.slice(0, 30)).toBe(400)
    }
    expect(contactsOf(fetchBindings(alice))).toHaveLength(1)
  })

  it('step 8: the 200 lists every current binding with what is left of it, and has a Date', async () => {
    const { world, alice } = await signedIn()
    world.advance(100_000)
    const answer = registerContacts(alice, '<sip:second@192.0.2.7>;expires=61;q=0.5')
    expect(listed(answer)).toEqual([`sip:alice@192.0.2.7:${alice.port} 3500`, 'sip:second@192.0.2.7 61'])
    expect(contactsOf(answer)[1]?.q).toBe(0.5)
    expect(Date.parse(answer.first(HeaderId.date) ?? '')).toBe(startOfTimeMs + 100_000)
  })

  it('promise P1: a removal is flushed before it is acknowledged', async () => {
    const { world, alice } = await signedIn()
    world.disk.autoFlush = false
    const branch = alice.send('REGISTER', {
      uri: 'sip:example.test',
      to: alice.aor,
      headers: [['Contact', `<${alice.contact}>;+sip.instance="<${alice.instance}>";reg-id=1;expires=0`]],
    })
    expect(alice.hasFinal(branch)).toBe(false)
    world.disk.autoFlush = true
    world.settle()
    expect(listed(alice.final(branch))).toEqual([])
    const after = await world.restart()
    const again = new WireClient(after, 'alice')
    again.register(0)
    expect(listed(fetchBindings(again))).toEqual([])
  })

  it('promise P1: what a 200 lists survives kill -9', async () => {
    const { world, alice } = await signedIn()
    registerContacts(alice, '<sip:second@192.0.2.7>')
    const after = await world.restart(4 - workers)
    const again = new WireClient(after, 'alice')
    expect(contactsOf(fetchBindings(again)).map(({ uri }) => uri)).toEqual(
      expect.arrayContaining([alice.contact, 'sip:second@192.0.2.7']),
    )
  })

  it('a user has as many devices as are allowed; known ones refresh, and one that leaves makes room', async () => {
    const { world, alice } = await signedIn()
    const devices = Array.from({ length: 10 }, () => new WireClient(world, 'alice'))
    const answers = devices.map((device) => device.register().statusCode)
    expect(answers).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 200, 403])
    expect(alice.register().statusCode).toBe(200)
    expect(devices[0]!.register(0).statusCode).toBe(200)
    expect(devices[9]!.register().statusCode).toBe(200)
  })

  it('promise P4: registering under ever new instances leaves no more devices than a user may have', async () => {
    const { world } = await signedIn()
    for (let count = 0; count < 30; count++) {
      const device = new WireClient(world, 'alice')
      device.register()
      device.register(0)
      device.close()
    }
    const records = [...world.disk.durable.keys()].filter((key) => key.includes('\0device\0'))
    expect(records.length).toBeLessThanOrEqual(10)
  })
})
