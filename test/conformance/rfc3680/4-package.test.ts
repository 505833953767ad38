/**
 * RFC 3680 §4: subscriptions to one's own registrations.
 */
import { describe, expect, it } from 'vitest'
import { parseRegInfo, type RegInfo } from '../../../src/documents/index.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { refresh, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const event = 'reg'

describe.each([1, 3])('RFC 3680 reg at %i workers', (workers) => {
  /** Bob's desk is registered and watches. */
  async function desk() {
    const world = await ServerWorld.start({ workers })
    const bob = new WireClient(world, 'bob')
    bob.register()
    const made = subscribe(bob, 'bob', { event })
    world.advance(1_000)
    return { world, bob, made }
  }

  function documents(client: WireClient): RegInfo[] {
    return client.requests('NOTIFY').map(({ body }) => {
      const parsed = parseRegInfo(body)
      if (!parsed.ok) throw new Error(parsed.text)
      return parsed.document
    })
  }

  /** `partial 1 active: <contact> refreshed`: each document that came. */
  function told(client: WireClient): string[] {
    return documents(client).map(({ state, version, registrations }) => {
      const [registration] = registrations
      const contacts = registration!.contacts.map((each) => `${each.uri} ${each.state} ${each.event}`)
      return `${state} ${version} ${registration!.state}: ${contacts.join(', ')}`
    })
  }

  it('§4.7: all of it first, then what has happened, with versions that rise by one', async () => {
    const { world, bob } = await desk()
    const phone = new WireClient(world, 'bob')
    phone.register()
    world.advance(1_000)
    phone.register()
    world.advance(1_000)
    phone.register(0)
    world.advance(1_000)
    expect(told(bob)).toEqual([
      `full 0 active: ${bob.contact} active registered`,
      `partial 1 active: ${phone.contact} active registered`,
      `partial 2 active: ${phone.contact} active refreshed`,
      `partial 3 active: ${phone.contact} terminated unregistered`,
    ])
  })

  it('§5.2: what is not refreshed expires; without an instance a broken connection deactivates it', async () => {
    const { world, bob } = await desk()
    const brief = new WireClient(world, 'bob')
    brief.register(120)
    const lost = new WireClient(world, 'bob', { instance: null })
    lost.register()
    world.advance(1_000)
    lost.close()
    world.advance(130_000)
    const last = told(bob).slice(-2)
    expect(last).toEqual([
      expect.stringContaining(`${lost.contact} terminated deactivated`),
      expect.stringContaining(`${brief.contact} terminated expired`),
    ])
  })

  it('§5.2: what a contact is, says its registration; RFC 5628 §5.1: with its public GRUU', async () => {
    const { world, bob } = await desk()
    world.advance(60_000)
    const phone = new WireClient(world, 'bob')
    phone.register(600)
    world.advance(1_000)
    const [full] = documents(bob)
    expect(full?.registrations[0]?.contacts).toEqual([
      expect.objectContaining({
        expiresSeconds: 3600,
        registeredSeconds: 0,
        q: 1,
        callId: `call-bob-${bob.port}`,
        publicGruu: `sip:bob@example.test;gr=${bob.instance}`,
      }),
    ])
    expect(documents(bob)[1]?.registrations[0]?.contacts[0]).toMatchObject({ expiresSeconds: 600, q: 1 })
  })

  it('§4.7.1: without a contact the registration is init, and terminated when the last one has gone', async () => {
    const world = await ServerWorld.start({ workers })
    const [bob, phone] = [new WireClient(world, 'bob'), new WireClient(world, 'bob')]
    const headers = [
      ['Event', event],
      ['Expires', '600'],
      ['Contact', `<${bob.contact}>`],
    ] as const
    expect(bob.authenticated('SUBSCRIBE', { uri: bob.aor, headers }).statusCode).toBe(200)
    phone.register()
    world.advance(1_000)
    phone.register(0)
    world.advance(1_000)
    expect(told(bob)).toEqual([
      'full 0 init: ',
      `partial 1 active: ${phone.contact} active registered`,
      `partial 2 terminated: ${phone.contact} terminated unregistered`,
    ])
  })

  it('§5.1: a contact that comes back is another one', async () => {
    const { world, bob } = await desk()
    const phone = new WireClient(world, 'bob')
    for (const expires of [600, 0, 600]) {
      phone.register(expires)
      world.advance(1_000)
    }
    const ids = documents(bob).map(({ registrations }) => registrations[0]!.contacts[0]!.id)
    expect([ids[1] === ids[2], ids[1] === ids[3]]).toEqual([true, false])
  })

  it('§5.1: a device that comes by another address has another contact', async () => {
    const { world, bob } = await desk()
    const [phone, later] = [1, 2].map(() => new WireClient(world, 'bob', { instance: 'urn:uuid:phone' }))
    phone!.register()
    world.advance(1_000)
    later!.register()
    world.advance(1_000)
    expect(told(bob).at(-1)).toBe(
      `partial 2 active: ${phone!.contact} terminated unregistered, ${later!.contact} active registered`,
    )
  })

  it('§4.7: a refresh is answered with all of it', async () => {
    const { world, bob, made } = await desk()
    const phone = new WireClient(world, 'bob')
    phone.register()
    world.advance(1_000)
    refresh(bob, made, { event })
    const documentsNow = told(bob)
    expect(documentsNow.at(-1)).toBe(
      `full 2 active: ${bob.contact} active registered, ${phone.contact} active registered`,
    )
  })

  it('§4.6: registrations of somebody else are 403', async () => {
    const { world } = await desk()
    const alice = new WireClient(world, 'alice')
    alice.register()
    expect(subscribe(alice, 'bob', { event }).statusCode).toBe(403)
    expect(alice.requests('NOTIFY')).toEqual([])
  })

  it('§5.1: after a restart all of it comes, with a version that is higher than any before', async () => {
    const { world, bob } = await desk()
    const phone = new WireClient(world, 'bob')
    phone.register()
    world.advance(1_000)
    const highest = documents(bob).at(-1)!.version
    const next = await world.restart()
    const back = new WireClient(next, 'bob', { instance: bob.instance })
    back.register()
    next.advance(1_000)
    const all = documents(back)
    expect([all[0]?.state, all[0]!.version > highest]).toEqual(['full', true])
    const uris = all[0]!.registrations[0]!.contacts.map(({ uri }) => uri)
    expect(uris.sort()).toEqual([back.contact, phone.contact].sort())
  })

  it('what has happened while many changed at once is told once each, and nobody waits for it', async () => {
    const { world, bob } = await desk()
    bob.answerWith = null
    const phone = new WireClient(world, 'bob')
    phone.register()
    world.advance(1_000)
    for (let count = 0; count < 10; count++) phone.register()
    world.advance(1_000)
    const under = bob.requests('NOTIFY').at(-1)!
    bob.answerWith = 200
    bob.respond(under, 200)
    world.advance(1_000)
    expect(told(bob).at(-1)).toBe(`partial 2 active: ${phone.contact} active refreshed`)
  })
})
