/**
 * RFC 3261 §18.1.1 on NOTIFYs: what would leave in fragments goes by a stream flow of the same device; where there is
 * none, lists go in parts, the last one too, and what cannot be parted ends the subscription and says so.
 */
import { describe, expect, it } from 'vitest'
import { shardOf } from '../../../src/ports/sharding.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../../src/sip/message/sip-message.ts'
import { ListReader, listBody, readsLists } from '../../support/list-watching.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const instance = 'urn:uuid:00000000-0000-4000-8000-0000000000a1'
const fragmentsBytesMax = 8_192

function states(notifies: readonly SipMessage[]): (string | null)[] {
  return notifies.map((notify) => notify.first(HeaderId.subscriptionState))
}

/** By UDP each request is challenged, so it is answered in the second try. */
function ask(
  alice: WireClient,
  what: { to?: string; members?: readonly string[]; expires: number; made?: SipMessage },
) {
  const { to = 'sip:example.test', members, expires, made } = what
  const list = [
    ['Require', 'recipient-list-subscribe'],
    ['Content-Disposition', 'recipient-list'],
  ] as const
  return alice.authenticated('SUBSCRIBE', {
    uri: to,
    to: made ? `<${made.to!.uri}>;tag=${made.to!.tag}` : to,
    callId: made?.callId ?? `watch-${to}-${expires}`,
    headers: [
      ['Event', 'presence'],
      ['Expires', String(expires)],
      ['Contact', `<${alice.contact}>`],
      ...readsLists,
      ...(members ? list : []),
    ],
    ...(members && {
      body: listBody(...members.map((name) => `sip:${name}@example.test`)),
      contentType: 'application/resource-lists+xml',
    }),
  })
}

/** What was told, long notes as their beginning. */
function heads(client: WireClient): string[] {
  return told(client).map((each) => each.slice(0, 40))
}

async function start(transport: 'udp' | 'tcp') {
  const names = Array.from({ length: 12 }, (_, index) => `u${index}`)
  const world = await ServerWorld.start({ workers: 3, users: ['alice', ...names] })
  const alice = new WireClient(world, 'alice', { transport, instance })
  alice.register()
  const says = (name: string, note: string) => {
    const client = new WireClient(world, name)
    client.register()
    expect(publish(client, pidf(name, note)).statusCode).toBe(200)
    return client
  }
  return { world, alice, names, says }
}

describe('RFC 3261 §18.1.1: the last NOTIFY of a list', () => {
  it.each(['a fetch', 'the end of a subscription'])(
    'of %s goes in parts over UDP, and nothing is left out',
    async (how) => {
      const { world, alice, names, says } = await start('udp')
      for (const name of names) says(name, `${name}-${'x'.repeat(1_500)}`)
      const isFetch = how === 'a fetch'
      const made = ask(alice, { members: names, expires: isFetch ? 0 : 600 })
      expect(made.statusCode).toBe(200)
      world.advance(20_000)
      if (!isFetch) {
        alice.inbox.length = 0
        ask(alice, { made, expires: 0 })
        world.advance(20_000)
      }
      const notifies = alice.requests('NOTIFY')
      expect(notifies.length).toBeGreaterThan(3)
      expect(states(notifies.slice(0, -1))).toEqual(notifies.slice(1).map(() => 'active;expires=0'))
      expect(states(notifies.slice(-1))).toEqual(['terminated;reason=timeout'])
      for (const notify of notifies) expect(notify.bytes.length).toBeLessThan(fragmentsBytesMax)
      const reader = new ListReader()
      for (const notify of notifies) reader.read(notify)
      expect([...reader.states.values()].map((state) => state.slice(0, 10)).sort()).toEqual(
        names.map((name) => `active ${name}-xxx`.slice(0, 10)).sort(),
      )
      // Nothing is left of it.
      says('u0', 'later')
      world.advance(20_000)
      expect(alice.requests('NOTIFY').length).toBe(notifies.length)
    },
  )

  it('to a device that answers the first part with 481 is the last', async () => {
    const { world, alice, names, says } = await start('udp')
    for (const name of names) says(name, 'x'.repeat(1_500))
    alice.answerWith = 481
    ask(alice, { members: names, expires: 0 })
    world.advance(60_000)
    expect(alice.requests('NOTIFY').length).toBe(1)
  })
})

describe('RFC 3261 §18.1.1: one document that is too long for UDP', () => {
  const long = 'y'.repeat(20_000)

  it('ends the subscription with giveup; a fetch is answered without a document', async () => {
    const { world, alice, says } = await start('udp')
    ask(alice, { to: 'sip:u0@example.test', expires: 600 })
    world.advance(1_000)
    says('u0', long)
    world.advance(1_000)
    expect(heads(alice)).toEqual(['active closed', 'active open', 'terminated;reason=giveup;retry-after=60'])
    ask(alice, { to: 'sip:u0@example.test', expires: 0 })
    world.advance(1_000)
    expect(heads(alice).at(-1)).toBe('terminated;reason=timeout')
  })

  it('goes by the stream flow of the same device, and by none when that is gone', async () => {
    const { world, alice, says } = await start('udp')
    const stream = new WireClient(world, 'alice', { transport: 'tcp', instance, regId: 2 })
    stream.register()
    ask(alice, { to: 'sip:u0@example.test', expires: 600 })
    world.advance(1_000)
    const user = says('u0', long)
    world.advance(1_000)
    expect([heads(alice), heads(stream)]).toEqual([['active closed', 'active open'], [`active ${long}`.slice(0, 40)]])
    // What is short goes by the flow that it was asked by.
    publish(user, null, [['Expires', '0']])
    stream.close()
    world.advance(60_000)
    says('u0', long)
    world.advance(10_000)
    expect(heads(alice).at(-1)).toBe('terminated;reason=giveup;retry-after=60')
  })

  it('that was lost with the worker of the stream leaves what was asked for by UDP as it was', async () => {
    const { world, alice, says } = await start('udp')
    const home = shardOf(alice.aor, 3)
    const worker = [0, 1, 2].find((each) => each !== alice.worker && each !== home)!
    const stream = new WireClient(world, 'alice', { transport: 'tcp', instance, regId: 2, worker })
    stream.register()
    ask(alice, { to: 'sip:u0@example.test', expires: 600 })
    world.advance(1_000)
    stream.answerWith = null
    const user = says('u0', long)
    world.advance(1_000)
    expect(heads(stream)).toEqual([`active ${long}`.slice(0, 40)])
    await world.restartWorker(worker)
    expect(publish(user, pidf('u0', 'short')).statusCode).toBe(200)
    world.advance(60_000)
    expect(heads(alice).at(-1)).toBe('active short')
  })

  it('goes whole over TCP', async () => {
    const { world, alice, says } = await start('tcp')
    ask(alice, { to: 'sip:u0@example.test', expires: 600 })
    says('u0', long)
    world.advance(1_000)
    expect(heads(alice).at(-1)).toBe(`active ${long}`.slice(0, 40))
  })
})
