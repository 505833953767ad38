/**
 * RFC 5367 §3 to §5: lists that come with the SUBSCRIBE, replaced by a refresh, kept over a restart.
 */
import { describe, expect, it } from 'vitest'
import { listBody, readsLists, rlmiOf, saidNext, subscribeTo } from '../../support/list-watching.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

type SubscribeHeaders = readonly (readonly [string, string])[]
const coded = (coding: string): SubscribeHeaders => [...readsLists, ['Content-Encoding', coding]]

const [bobs, carols] = ['sip:bob@example.test', 'sip:carol@example.test']

describe.each([1, 3])('RFC 5367 request-contained lists at %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({
      workers,
      users: ['alice', 'bob', 'carol'],
      change: (settings) => {
        const presence = { ...settings.services.presence, listMembersMax: 5, listMembersPerUserMax: 8 }
        return { ...settings, services: { ...settings.services, presence } }
      },
    })
    const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
    alice.register()
    bob.register()
    return { world, alice, bob }
  }

  const inDialog = (made: { to: { uri: string; tag: string | null } | null }) => `<${made.to!.uri}>;tag=${made.to!.tag}`

  it('§3.1, §5: the list is granted, told with its names, and followed', async () => {
    const { world, alice, bob } = await people()
    const made = subscribeTo(alice, listBody([bobs, 'Bob'], carols))
    expect([made.statusCode, made.named('Require')]).toEqual([200, 'eventlist'])
    expect(made.named('Supported')).toBe('eventlist, recipient-list-subscribe')
    const list = rlmiOf(alice.requests('NOTIFY')[0]!)
    expect([list.uri, list.resources[0]?.names[0]?.text]).toEqual(['sip:example.test', 'Bob'])
    world.advance(1_000)
    publish(bob, pidf('bob', 'news'))
    expect(saidNext(alice)).toEqual(['full 0, bob: active open, carol: active closed', 'partial 1, bob: active news'])
  })

  it('§4: flat, each address once, whatever else is in it left out', async () => {
    const { alice } = await people()
    const entries = `<entry uri="${bobs}" x:copyControl="to" xmlns:x="urn:example:x"/><x:any xmlns:x="urn:example:x"/>`
    const inner = `<list><entry uri="SIP:Bob@example.test"/><entry uri="${carols}"/></list>`
    const nested = `<list name="a">${entries}${inner}</list>`
    const outside = '<list><external anchor="https://elsewhere.test/x"/><entry-ref ref="x"/></list>'
    const namespace = 'urn:ietf:params:xml:ns:resource-lists'
    subscribeTo(alice, `<resource-lists xmlns="${namespace}">${nested}${outside}</resource-lists>`)
    expect(saidNext(alice)).toEqual(['full 0, bob: active open, carol: active closed'])
  })

  it('users of other domains, other schemes and nobody have no state here', async () => {
    const { alice } = await people()
    subscribeTo(
      alice,
      listBody('sip:bob@elsewhere.test', 'tel:+41445550100', 'pres:bob@example.test', 'sip:x@example.test'),
    )
    expect(saidNext(alice)).toEqual([
      'full 0, sip:bob@elsewhere.test: terminated noresource, tel:+41445550100: terminated noresource, ' +
        'pres:bob@example.test: active open, x: terminated noresource',
    ])
  })

  it('§3.2, §5.1: a refresh with another list replaces it, one without leaves it', async () => {
    const { world, alice, bob } = await people()
    const to = inDialog(subscribeTo(alice, listBody(bobs)))
    world.advance(1_000)
    expect(subscribeTo(alice, listBody(carols), { to }).statusCode).toBe(200)
    world.advance(1_000)
    expect(subscribeTo(alice, '', { to }).statusCode).toBe(200)
    world.advance(1_000)
    publish(bob, pidf('bob', 'unheard'))
    expect(saidNext(alice)).toEqual([
      'full 0, bob: active open',
      // Told at once, and again when it is known what may be seen.
      'full 1, carol: ?',
      'partial 2, carol: active closed',
      'full 3, carol: active closed',
    ])
  })

  it('§3.2: a refused refresh leaves the list as it was', async () => {
    const { world, alice, bob } = await people()
    const to = inDialog(subscribeTo(alice, listBody(bobs)))
    world.advance(1_000)
    expect(subscribeTo(alice, '<nonsense', { to }).statusCode).toBe(400)
    publish(bob, pidf('bob', 'heard'))
    expect(saidNext(alice)).toEqual(['full 0, bob: active open', 'partial 1, bob: active heard'])
  })

  it('a refresh that the store does not take is answered 503 and leaves the list as it was', async () => {
    const { world, alice, bob } = await people()
    const to = inDialog(subscribeTo(alice, listBody(bobs)))
    world.advance(1_000)
    world.disk.failNext('refused')
    expect(subscribeTo(alice, listBody(carols), { to }).statusCode).toBe(503)
    // The user's records are read again in turns of their own.
    for (let turn = 0; turn < 3; turn++) {
      await null
      world.advance(1_000)
    }
    saidNext(alice)
    publish(bob, pidf('bob', 'heard'))
    world.advance(1_000)
    expect(saidNext(alice)).toEqual([expect.stringMatching(/^partial \d+, bob: active heard$/)])
  })

  it.each<[string, string, number, { headers?: SubscribeHeaders; type?: string }]>([
    ['without eventlist', listBody(bobs), 421, { headers: [] }],
    ['that is missing', '', 400, {}],
    ['that is not well-formed', '<resource-lists', 400, {}],
    ['that is another document', pidf('bob', 'x'), 400, {}],
    ['with a DTD', `<!DOCTYPE a [<!ENTITY b "c">]>${listBody(bobs)}`, 400, {}],
    ['of another type', 'bob', 415, { type: 'text/plain' }],
    [
      'with more entries than are allowed',
      listBody(...[...'abcdef'].map((each) => `sip:${each}@example.test`)),
      413,
      {},
    ],
    ['whose coding is broken (RFC 3261 §21.4.1)', 'nothing deflated', 400, { headers: coded('deflate') }],
    ['in an unknown coding (RFC 3261 §21.4.13)', listBody(bobs), 415, { headers: coded('br') }],
  ])('a list %s is refused', async (_what, body, status, parts) => {
    const { alice } = await people()
    expect(subscribeTo(alice, body, parts).statusCode).toBe(status)
    expect(saidNext(alice)).toEqual([])
  })

  it('the entries of all lists of a user are limited, by new lists and by refreshes', async () => {
    const { world, alice } = await people()
    const listOf = (letters: string) => listBody(...[...letters].map((each) => `sip:${each}@example.test`))
    expect(subscribeTo(alice, listOf('abcde'), { expires: 60 }).statusCode).toBe(200)
    expect(subscribeTo(alice, listOf('abcd'), { callId: 'second' }).statusCode).toBe(503)
    const made = subscribeTo(alice, listOf('abc'), { callId: 'third' })
    expect(made.statusCode).toBe(200)
    const refused = subscribeTo(alice, listOf('abcd'), { callId: 'third', to: inDialog(made) })
    expect([refused.statusCode, refused.named('Retry-After')]).toEqual([503, '60'])
    world.advance(70_000)
    expect(subscribeTo(alice, listOf('abcde'), { callId: 'third', to: inDialog(made) }).statusCode).toBe(200)
  })

  it('two lists of one device stand beside each other', async () => {
    const { world, alice, bob } = await people()
    subscribeTo(alice, listBody(bobs))
    subscribeTo(alice, listBody(carols, bobs), { callId: 'second' })
    world.advance(1_000)
    saidNext(alice)
    publish(bob, pidf('bob', 'twice'))
    expect(saidNext(alice)).toEqual(['partial 1, bob: active twice', 'partial 1, bob: active twice'])
  })

  it('after a restart it goes on with the list that the last refresh brought', async () => {
    const { world, alice } = await people()
    const to = inDialog(subscribeTo(alice, listBody(bobs)))
    world.advance(1_000)
    subscribeTo(alice, listBody([carols, 'Carol']), { to })
    world.advance(1_000)
    const next = await world.restart()
    const back = new WireClient(next, 'alice', { instance: alice.instance })
    back.register()
    const [resource] = rlmiOf(back.requests('NOTIFY')[0]!).resources
    expect([resource?.uri, resource?.names[0]?.text]).toEqual([carols, 'Carol'])
    expect(saidNext(back)).toEqual([expect.stringMatching(/^full \d+, carol: active closed$/)])
  })

  it('an extension in Require that nobody here knows is 420', async () => {
    const { alice } = await people()
    const refused = subscribeTo(alice, listBody(bobs), { headers: [...readsLists, ['Require', 'telepathy']] })
    expect([refused.statusCode, refused.named('Unsupported')]).toEqual([420, 'telepathy'])
  })
})
