/**
 * RFC 5875 §4: subscriptions to changes of one's own documents.
 */
import { describe, expect, it } from 'vitest'
import { parseXcapDiff } from '../../../src/documents/index.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { refresh, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'
import { XcapClient } from '../../support/xcap-client.ts'
import { friends, lists, rules, types } from '../../support/xcap-documents.ts'

const event = 'xcap-diff'
const many = Array.from({ length: 501 }, (_, number) => `<entry uri="a/users/bob/${number}"/>`).join('')
const home = 'users/sip:bob@example.test'

describe.each([1, 3])('RFC 5875 xcap-diff at %i workers', (workers) => {
  async function bob() {
    const world = await ServerWorld.start({ workers })
    const client = new WireClient(world, 'bob')
    client.register()
    return { world, client, xcap: new XcapClient(world, 'bob') }
  }

  function subscribeTo(
    client: WireClient,
    entries: readonly string[],
    parts: { body?: string; type?: string; headers?: readonly (readonly [string, string])[] } = {},
  ) {
    const body = parts.body ?? lists(`<list>${entries.map((uri) => `<entry uri="${uri}"/>`).join('')}</list>`)
    const branch = client.send('SUBSCRIBE', {
      uri: client.aor,
      callId: 'documents',
      headers: [['Event', event], ['Expires', '600'], ['Contact', `<${client.contact}>`], ...(parts.headers ?? [])],
      body,
      contentType: parts.type ?? types.lists,
    })
    const answer = client.final(branch)
    client.world.advance(1_000)
    return answer
  }

  /** Takes the NOTIFYs that came: `path before>after`, a dash for none. */
  function told(client: WireClient): string[][] {
    const notifies = client.requests('NOTIFY')
    for (const _ of notifies) client.request('NOTIFY')
    return notifies.map(({ body }) => {
      const parsed = parseXcapDiff(body)
      if (!parsed.ok) throw new Error(parsed.text)
      return parsed.document.documents.map((each) => `${each.path} ${each.previousEtag ?? '-'}>${each.newEtag ?? '-'}`)
    })
  }

  function put(world: ServerWorld, xcap: XcapClient, auid: string, name: string, body: string): string {
    const type = auid === 'pres-rules' ? types.rules : types.lists
    const answer = xcap.put(xcap.path(auid, name), type, body)
    expect(answer.status).toBeLessThan(300)
    world.advance(1_000)
    return answer.etag!
  }

  it('§4.7: entity tags as they are first, then before and after of what was made, changed and removed', async () => {
    const { world, client, xcap } = await bob()
    const one = put(world, xcap, 'resource-lists', 'index', friends)
    expect(subscribe(client, 'bob', { event }).statusCode).toBe(200)
    world.advance(1_000)
    expect(told(client)).toEqual([[`resource-lists/${home}/index ->${one}`]])
    const two = put(world, xcap, 'resource-lists', 'index', lists(''))
    expect(told(client)).toEqual([[`resource-lists/${home}/index ${one}>${two}`]])
    const rule = put(world, xcap, 'pres-rules', 'index', rules(''))
    expect(told(client)).toEqual([[`pres-rules/${home}/index ->${rule}`]])
    xcap.delete(xcap.path('pres-rules'))
    world.advance(1_000)
    expect(told(client)).toEqual([[`pres-rules/${home}/index ${rule}>-`]])
  })

  it('§4.4: only the documents and collections of the list; a part of a document means all of it', async () => {
    const { world, client, xcap } = await bob()
    const entries = [`resource-lists/${home}/index/~~/resource-lists/list`, `pres-rules/${home}/`]
    expect(subscribeTo(client, entries).statusCode).toBe(200)
    expect(told(client)).toEqual([[]])
    put(world, xcap, 'resource-lists', 'other', friends)
    expect(told(client)).toEqual([])
    const index = put(world, xcap, 'resource-lists', 'index', friends)
    const rule = put(world, xcap, 'pres-rules', 'index', rules(''))
    expect(told(client)).toEqual([[`resource-lists/${home}/index ->${index}`], [`pres-rules/${home}/index ->${rule}`]])
  })

  it('§4.4: a refresh without a body is to the same, one with a body to others', async () => {
    const { world, client, xcap } = await bob()
    const index = put(world, xcap, 'resource-lists', 'index', friends)
    const rule = put(world, xcap, 'pres-rules', 'index', rules(''))
    const made = subscribeTo(client, [`resource-lists/${home}/index`])
    expect(refresh(client, made, { event, callId: 'documents' }).statusCode).toBe(200)
    world.advance(1_000)
    expect(told(client)).toEqual([
      [`resource-lists/${home}/index ->${index}`],
      [`resource-lists/${home}/index ->${index}`],
    ])
    const { uri, tag } = made.to!
    const branch = client.send('SUBSCRIBE', {
      uri,
      to: `<${uri}>;tag=${tag}`,
      callId: 'documents',
      headers: [
        ['Event', event],
        ['Expires', '600'],
        ['Contact', `<${client.contact}>`],
      ],
      body: lists(`<list><entry uri="pres-rules/${home}/index"/></list>`),
      contentType: types.lists,
    })
    expect(client.final(branch).statusCode).toBe(200)
    world.advance(1_000)
    expect(told(client)).toEqual([[`pres-rules/${home}/index ->${rule}`]])
  })

  it('§4.6: documents of somebody else are nobody else’s: the address is 403, entries are left out', async () => {
    const { world, client } = await bob()
    const alice = new XcapClient(world, 'alice')
    expect(subscribe(client, 'alice', { event }).statusCode).toBe(403)
    expect(subscribeTo(client, ['resource-lists/users/sip:alice@example.test/']).statusCode).toBe(200)
    put(world, alice, 'resource-lists', 'index', friends)
    expect(told(client)).toEqual([[]])
  })

  it.each([
    ['another type', 415, { type: 'text/plain', body: 'x' }],
    ['no list', 400, { body: '<resource-lists' }],
    ['of a broken coding', 400, { body: 'x', headers: [['Content-Encoding', 'gzip']] }],
    ['an external entity', 400, { body: '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>' }],
    ['more than it takes', 413, { body: lists(`<list>${many}</list>`) }],
  ] as const)('§4.4: a body that is %s is refused with %i and makes nothing', async (_, status, parts) => {
    const { world, client, xcap } = await bob()
    expect(subscribeTo(client, [], parts).statusCode).toBe(status)
    put(world, xcap, 'resource-lists', 'index', friends)
    expect(told(client)).toEqual([])
  })

  it('§4.8: several changes at once are one NOTIFY, from what was told last to what is now', async () => {
    const { world, client, xcap } = await bob()
    const first = put(world, xcap, 'resource-lists', 'index', friends)
    subscribe(client, 'bob', { event })
    world.advance(10_000)
    told(client)
    client.answerWith = null
    const second = put(world, xcap, 'resource-lists', 'index', lists(''))
    const [under] = client.requests('NOTIFY')
    expect(told(client)).toEqual([[`resource-lists/${home}/index ${first}>${second}`]])
    put(world, xcap, 'resource-lists', 'index', friends)
    const last = put(world, xcap, 'resource-lists', 'index', lists('<list name="a"/>'))
    client.answerWith = 200
    client.respond(under!, 200)
    world.advance(1_000)
    expect(told(client)).toEqual([[`resource-lists/${home}/index ${second}>${last}`]])
  })

  it('a restart keeps to which documents it is', async () => {
    const { world, client, xcap } = await bob()
    const index = put(world, xcap, 'resource-lists', 'index', friends)
    put(world, xcap, 'pres-rules', 'index', rules(''))
    subscribeTo(client, [`resource-lists/${home}/index`])
    const next = await world.restart()
    const back = new WireClient(next, 'bob', { instance: client.instance })
    back.register()
    next.advance(1_000)
    expect(told(back)).toEqual([[`resource-lists/${home}/index ->${index}`]])
    const later = put(next, new XcapClient(next, 'bob'), 'resource-lists', 'index', lists(''))
    expect(told(back)).toEqual([[`resource-lists/${home}/index ${index}>${later}`]])
  })
})
