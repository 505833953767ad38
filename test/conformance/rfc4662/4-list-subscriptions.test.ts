/**
 * RFC 4662 §4 and §5: subscriptions to a user's own lists over the wire, told in full and in part, followed as they
 * change.
 */
import { describe, expect, it } from 'vitest'
import { PresenceService } from '../../../src/presence/index.ts'
import { readsLists, rlmiOf, saidNext } from '../../support/list-watching.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'
import { XcapClient } from '../../support/xcap-client.ts'
import { lists, services, types } from '../../support/xcap-documents.ts'

const contacts = 'alice+contacts'

function contactList(...entries: readonly (readonly [string, string])[]): string {
  const listed = entries.map(([uri, name]) => `<entry uri="${uri}"><display-name>${name}</display-name></entry>`)
  return lists(`<list name="friends">${listed.join('')}</list>`)
}

const bobAndCarol = contactList(['sip:bob@example.test', 'Bob'], ['sip:carol@example.test', 'Carol'])

// The promises of docs/presence.md on lists beyond the RFC stand here too.
describe.each([1, 3])('RFC 4662 subscriptions to lists at %i workers', (workers) => {
  async function people(list = bobAndCarol) {
    const world = await ServerWorld.start({ workers, users: ['alice', 'bob', 'carol', 'dave'] })
    const alice = new WireClient(world, 'alice')
    const bob = new WireClient(world, 'bob')
    const carol = new WireClient(world, 'carol')
    for (const each of [alice, bob, carol]) each.register()
    const xcap = new XcapClient(world, 'alice')
    xcap.put(xcap.path('resource-lists'), types.lists, list)
    return { world, alice, bob, carol, xcap }
  }

  it('§4.1: a watcher that does not read lists is answered 421 with Require', async () => {
    const { alice } = await people()
    const refused = subscribe(alice, contacts)
    expect([refused.statusCode, refused.named('Require')]).toEqual([421, 'eventlist'])
  })

  it('§4.1, §5: both the answer and the NOTIFY require eventlist; the first tells all, with names', async () => {
    const { alice, bob } = await people()
    publish(bob, pidf('bob', 'here'))
    const made = subscribe(alice, contacts, { headers: readsLists })
    expect([made.statusCode, made.named('Require')]).toEqual([200, 'eventlist'])
    const [notify] = alice.requests('NOTIFY')
    expect(notify!.named('Require')).toBe('eventlist')
    const list = rlmiOf(notify!)
    expect(list.uri).toBe('sip:alice+contacts@example.test')
    expect(list.resources.map(({ names }) => names[0]?.text)).toEqual(['Bob', 'Carol'])
    expect(saidNext(alice)).toEqual(['full 0, bob: active here, carol: active open'])
  })

  it('§4.5, §5.2: what changes later is told in part, several changes in one NOTIFY', async () => {
    const { world, alice, bob, carol } = await people()
    subscribe(alice, contacts, { headers: readsLists })
    world.advance(1_000)
    saidNext(alice)
    publish(bob, pidf('bob', 'first'))
    expect(saidNext(alice)).toEqual(['partial 1, bob: active first'])
    publish(bob, pidf('bob', 'second'))
    publish(carol, pidf('carol', 'third'))
    world.advance(1_000)
    expect(saidNext(alice)).toEqual(['partial 2, bob: active second, carol: active third'])
    world.advance(10_000)
    expect(saidNext(alice)).toEqual([])
  })

  it('§4.5: a refresh and an end tell all; a fetch too', async () => {
    const { world, alice } = await people()
    const made = subscribe(alice, contacts, { headers: readsLists })
    world.advance(1_000)
    refresh(alice, made, { headers: readsLists })
    world.advance(1_000)
    refresh(alice, made, { headers: readsLists, expires: 0 })
    subscribe(alice, contacts, { headers: readsLists, expires: 0, callId: 'fetch' })
    const all = 'bob: active open, carol: active open'
    expect(saidNext(alice)).toEqual([`full 0, ${all}`, `full 1, ${all}`, `full 2, ${all}`, `full 0, ${all}`])
  })

  it('a list of nobody, of a user of another domain, and of one who does not exist', async () => {
    const { world, alice } = await people(contactList(['sip:x@elsewhere.test', ''], ['sip:nobody@example.test', '']))
    subscribe(alice, contacts, { headers: readsLists })
    const unknown = 'terminated noresource'
    expect(saidNext(alice)).toEqual([`full 0, sip:x@elsewhere.test: ${unknown}, nobody: ${unknown}`])
    const bob = new WireClient(world, 'bob')
    bob.register()
    expect(subscribe(bob, 'bob+contacts', { headers: readsLists }).statusCode).toBe(200)
    expect(saidNext(bob)).toEqual(['full 0'])
  })

  it('a contact who gets an account later is seen at once', async () => {
    const { world, alice } = await people(contactList(['sip:erin@example.test', '']))
    subscribe(alice, contacts, { headers: readsLists, expires: 3_600 })
    world.advance(5_000)
    saidNext(alice)
    world.addUser('erin')
    world.advance(1_000)
    expect(saidNext(alice)).toEqual(['partial 1, erin: active closed'])
  })

  it('a list of somebody else and a list that is not there are not found', async () => {
    const { bob } = await people()
    expect(subscribe(bob, contacts, { headers: readsLists }).statusCode).toBe(404)
    expect(subscribe(bob, 'bob+friends', { headers: readsLists }).statusCode).toBe(404)
  })

  it('contacts that come, go and change their names are told at once, in full', async () => {
    const { world, alice, xcap } = await people()
    subscribe(alice, contacts, { headers: readsLists })
    world.advance(1_000)
    saidNext(alice)
    const entry = (user: string) => `resource-lists/list[1]/entry[@uri="sip:${user}@example.test"]`
    xcap.put(
      xcap.path('resource-lists', 'index', entry('dave')),
      types.element,
      '<entry uri="sip:dave@example.test"><display-name>Dave</display-name></entry>',
    )
    world.advance(1_000)
    expect(saidNext(alice)).toEqual(['full 1, bob: active open, carol: active open, dave: active closed'])
    xcap.delete(xcap.path('resource-lists', 'index', entry('bob')))
    world.advance(1_000)
    expect(saidNext(alice)).toEqual(['full 2, carol: active open, dave: active closed'])
    xcap.put(
      xcap.path('resource-lists', 'index', `${entry('carol')}/display-name`),
      types.element,
      '<display-name>C</display-name>',
    )
    world.advance(1_000)
    const [notify] = alice.requests('NOTIFY')
    expect(rlmiOf(notify!).resources[0]?.names).toEqual([{ language: null, text: 'C' }])
  })

  it('lists of two devices that follow one change leave nothing behind when both have ended', async () => {
    const { world, alice, xcap } = await people()
    const other = new WireClient(world, 'alice')
    other.register()
    const made = [alice, other].map((each) =>
      subscribe(each, contacts, { headers: readsLists, callId: `${each.port}` }),
    )
    xcap.put(xcap.path('resource-lists'), types.lists, contactList(['sip:dave@example.test', 'Dave']))
    world.advance(1_000)
    for (const [index, each] of [alice, other].entries()) {
      refresh(each, made[index]!, { headers: readsLists, expires: 0, callId: `${each.port}` })
    }
    world.advance(1_000)
    const held = ['alice', 'bob', 'carol', 'dave'].map((name) => {
      return world
        .coreOf(name)
        .services.all.find((each) => each instanceof PresenceService)!
        .holdings()
    })
    const nothing = { namesCount: 0, watches: [], watchers: [] }
    expect(held).toEqual(held.map(() => nothing))
  })

  it('RFC 4826 §4: a service of the user; for other packages 489; when it is gone the subscription ends', async () => {
    const { world, alice, xcap } = await people()
    const service = (packages: string) =>
      services(
        '<service uri="sip:alice+team@example.test"><list><rl:entry uri="sip:bob@example.test"/></list>' +
          `<packages><package>${packages}</package></packages></service>`,
      )
    xcap.put(xcap.path('rls-services'), types.services, service('dialog'))
    expect(subscribe(alice, 'alice+team', { headers: readsLists }).statusCode).toBe(489)
    xcap.put(xcap.path('rls-services'), types.services, service('presence'))
    expect(subscribe(alice, 'alice+team', { headers: readsLists }).statusCode).toBe(200)
    world.advance(1_000)
    expect(saidNext(alice)).toEqual(['full 0, bob: active open'])
    xcap.delete(xcap.path('rls-services'))
    world.advance(1_000)
    expect(saidNext(alice)).toEqual(['terminated;reason=noresource'])
  })

  it('a device that comes back after a restart gets all, in the same dialog, with a higher version', async () => {
    const { world, alice, bob } = await people()
    const made = subscribe(alice, contacts, { headers: readsLists })
    world.advance(1_000)
    const next = await world.restart()
    const back = new WireClient(next, 'alice', { instance: alice.instance })
    back.register()
    const [notify] = back.requests('NOTIFY')
    expect(notify?.callId).toBe(made.callId)
    expect(rlmiOf(notify!).version).toBeGreaterThan(0)
    expect(saidNext(back)).toEqual([expect.stringMatching(/^full \d+, bob: active closed, carol: active closed$/)])
    next.advance(1_000)
    new WireClient(next, 'bob', { instance: bob.instance }).register()
    expect(saidNext(back)).toEqual([expect.stringMatching(/^partial \d+, bob: active open$/)])
  })
})
