/**
 * RFC 3857 §4: who watches one's own presence, and who waits for leave to do so.
 */
import { describe, expect, it } from 'vitest'
import { parseWatcherInfo, type WatcherInfo } from '../../../src/documents/index.ts'
import type { SeeVerdict } from '../../../src/ports/policy.ts'
import { shardOf } from '../../../src/ports/sharding.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, told as seen, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const event = 'presence.winfo'

function documents(client: WireClient): WatcherInfo[] {
  return client
    .requests('NOTIFY')
    .filter((notify) => notify.named('Event') === event && notify.body.length > 0)
    .map(({ body }) => {
      const parsed = parseWatcherInfo(body)
      if (!parsed.ok) throw new Error(parsed.text)
      return parsed.document
    })
}

/** `partial 1: alice active subscribe`: each document that came. */
function told(client: WireClient): string[] {
  return documents(client).map(({ state, version, lists }) => {
    const watchers = lists[0]!.watchers.map(({ uri, status, event }) => `${uri.slice(4, -13)} ${status} ${event}`)
    return `${state} ${version}: ${watchers.sort().join(', ')}`
  })
}

function decide(world: ServerWorld, rule: SeeVerdict, ...watchers: readonly string[]): void {
  const reply = world.policy('bob', { act: 'set-user-rule', rule, watchers: watchers.map(aorOf) })
  expect(reply).toMatchObject({ ok: true })
}

describe.each([1, 3])('RFC 3857 presence.winfo at %i workers', (workers) => {
  /** Bob watches his watchers; where `asks`, alice and carol need his leave. */
  async function people({ asks = false } = {}) {
    const world = await ServerWorld.start({ workers, users: ['alice', 'bob', 'carol'] })
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => new WireClient(world, name)) as [
      WireClient,
      WireClient,
      WireClient,
    ]
    for (const client of [alice, bob, carol]) client.register()
    if (asks) decide(world, 'confirm', 'alice', 'carol')
    const made = subscribe(bob, 'bob', { event })
    expect(made.statusCode).toBe(200)
    world.advance(1_000)
    return { world, alice, bob, carol, made }
  }

  it('§4.7: all watchers first, then changes, with versions that rise by one', async () => {
    const { world, alice, bob, carol } = await people()
    const made = subscribe(alice, 'bob')
    world.advance(1_000)
    subscribe(carol, 'bob')
    world.advance(1_000)
    refresh(alice, made, { expires: 0 })
    world.advance(1_000)
    expect(told(bob)).toEqual([
      'full 0: ',
      'partial 1: alice active subscribe',
      'partial 2: carol active subscribe',
      'partial 3: alice terminated timeout',
    ])
  })

  it('§4.7.1: who needs leave is pending, active when the user has given it, and sees the state', async () => {
    const { world, alice, bob } = await people({ asks: true })
    subscribe(alice, 'bob')
    world.advance(1_000)
    decide(world, 'allow', 'alice')
    world.advance(1_000)
    publish(bob, pidf('bob', 'at last'))
    world.advance(1_000)
    expect(told(bob)).toEqual(['full 0: ', 'partial 1: alice pending subscribe', 'partial 2: alice active approved'])
    expect(seen(alice)).toEqual(['pending', 'active open', 'active at last'])
  })

  it('§4.7.1: refused, it is terminated; who is blocked from the start is told as rejected', async () => {
    const { world, alice, bob, carol } = await people({ asks: true })
    subscribe(alice, 'bob')
    world.advance(1_000)
    decide(world, 'block', 'alice', 'carol')
    world.advance(1_000)
    expect(subscribe(carol, 'bob').statusCode).toBe(403)
    world.advance(1_000)
    expect(told(bob).slice(1)).toEqual([
      'partial 1: alice pending subscribe',
      'partial 2: alice terminated rejected',
      'partial 3: carol terminated rejected',
    ])
  })

  it('§4.7.1: who went away before the decision is waiting, until the user decides', async () => {
    const { world, alice, bob, carol, made } = await people({ asks: true })
    for (const watcher of [alice, carol]) {
      const made = subscribe(watcher, 'bob')
      world.advance(1_000)
      refresh(watcher, made, { expires: 0 })
      world.advance(1_000)
    }
    refresh(bob, made, { event })
    world.advance(1_000)
    decide(world, 'allow', 'alice')
    world.advance(1_000)
    decide(world, 'block', 'carol')
    world.advance(1_000)
    expect(told(bob).slice(1)).toEqual([
      'partial 1: alice pending subscribe',
      'partial 2: alice waiting timeout',
      'partial 3: carol pending subscribe',
      'partial 4: carol waiting timeout',
      'full 5: alice waiting timeout, carol waiting timeout',
      'partial 6: alice terminated approved',
      'partial 7: carol terminated rejected',
    ])
  })

  it('§4.7.1: who waits and comes again is pending; three days are the longest wait', async () => {
    const { world, alice, bob, carol } = await people({ asks: true })
    subscribe(alice, 'bob', { expires: 0, callId: 'first' })
    subscribe(carol, 'bob', { expires: 0 })
    world.advance(1_000)
    subscribe(alice, 'bob', { callId: 'second', expires: 86_400 })
    world.advance(1_000)
    expect(told(bob).at(-1)).toMatch(/alice pending subscribe/)
    world.advance(60_000)
    const again = subscribe(bob, 'bob', { event, expires: 0, callId: 'look' })
    expect(again.statusCode).toBe(200)
    expect(told(bob).at(-1)).toBe('full 0: alice pending subscribe, carol waiting timeout')
    world.advance(73 * 60 * 60 * 1000)
    bob.register()
    subscribe(bob, 'bob', { event, expires: 0, callId: 'look again' })
    expect(told(bob).at(-1)).not.toMatch(/carol/)
  })

  it('§4.7.1: at most a hundred wait: the one that has waited longest is given up', async () => {
    const { world, bob } = await people()
    for (let number = 0; number <= 100; number++) world.addUser(`w${number}`)
    decide(world, 'confirm', ...Array.from({ length: 101 }, (_, number) => `w${number}`))
    for (let number = 0; number <= 100; number++) {
      const client = new WireClient(world, `w${number}`)
      client.register()
      subscribe(client, 'bob', { expires: 0 })
      world.advance(1_000)
    }
    expect(told(bob).filter((text) => text.includes('giveup'))).toEqual([
      expect.stringMatching(/: (.*, )?w0 terminated giveup/),
    ])
    subscribe(bob, 'bob', { event, expires: 0, callId: 'look' })
    expect(documents(bob).at(-1)!.lists[0]!.watchers).toHaveLength(100)
  })

  it("§4.6: only the user himself may know his watchers; nobody's watchers of watchers are offered", async () => {
    const { alice, bob } = await people()
    expect(subscribe(alice, 'bob', { event }).statusCode).toBe(403)
    expect(subscribe(alice, 'nobody', { event }).statusCode).toBe(403)
    expect(subscribe(bob, 'bob', { event: 'presence.winfo.winfo' }).statusCode).toBe(489)
    expect(alice.requests('NOTIFY')).toEqual([])
  })

  it('§4.7.2: a politely blocked watcher is an active one', async () => {
    const { world, alice, bob } = await people()
    decide(world, 'polite-block', 'alice')
    subscribe(alice, 'bob')
    world.advance(1_000)
    decide(world, 'allow', 'alice')
    world.advance(1_000)
    expect(told(bob)).toEqual(['full 0: ', 'partial 1: alice active subscribe'])
  })

  it('RFC 3858 §4.4: watchers say since when; several devices of one user are one watcher', async () => {
    const { world, alice, bob } = await people()
    subscribe(alice, 'bob')
    const phone = new WireClient(world, 'alice')
    phone.register()
    subscribe(phone, 'bob')
    world.advance(90_000)
    subscribe(bob, 'bob', { event, expires: 0, callId: 'look' })
    const last = documents(bob).at(-1)!
    expect(last.lists[0]).toMatchObject({ resource: 'sip:bob@example.test', package: 'presence' })
    expect(last.lists[0]!.watchers).toEqual([
      {
        uri: 'sip:alice@example.test',
        id: 'sip:alice@example.test',
        status: 'active',
        event: 'subscribe',
        displayName: null,
        expiresSeconds: null,
        subscribedSeconds: 90,
      },
    ])
  })

  it('after a restart of the server all watchers come again, with a version above all before', async () => {
    const { world, alice, bob, carol } = await people({ asks: true })
    decide(world, 'allow', 'carol')
    for (const watcher of [alice, carol]) subscribe(watcher, 'bob')
    world.advance(1_000)
    const highest = documents(bob).at(-1)!.version
    const next = await world.restart()
    const back = ['alice', 'carol', 'bob'].map((name) => {
      const { instance } = [alice, bob, carol].find((client) => client.name === name)!
      const client = new WireClient(next, name, { instance })
      client.register()
      return client
    })
    next.advance(1_000)
    expect(shown(back[2]!, highest)).toEqual({ alice: 'pending', carol: 'active' })
    decide(next, 'allow', 'alice')
    next.advance(1_000)
    expect(told(back[2]!).at(-1)).toMatch(/^partial \d+: alice active approved$/)
  })

  it("the loss of the user's worker: his client ends with the watchers as they are", async () => {
    const { world, alice, bob, carol } = await people({ asks: true })
    decide(world, 'allow', 'carol')
    for (const watcher of [alice, carol]) subscribe(watcher, 'bob')
    world.advance(1_000)
    const highest = documents(bob).at(-1)!.version
    const worker = shardOf(aorOf('bob'), workers)
    const clients = [alice, bob, carol].map((client) => {
      if (client.worker !== worker) return client
      client.close()
      return null
    })
    await world.restartWorker(worker)
    const [, bobAgain] = clients.map((client, index) => {
      const { name, instance } = [alice, bob, carol][index]!
      const again = client ?? new WireClient(world, name, { instance })
      if (!client) again.register()
      return again
    })
    world.advance(5_000)
    expect(shown(bobAgain!, highest)).toEqual({ alice: 'pending', carol: 'active' })
  })

  /** What a client makes of documents above this version: full ones replace, partial ones change (RFC 3858 §4.1). */
  function shown(client: WireClient, above: number): Record<string, string> {
    let table = new Map<string, string>()
    let version = above
    for (const document of documents(client)) {
      if (document.version <= version) continue
      const isNext = document.version === version + 1
      if (document.state === 'full') table = new Map()
      else expect(isNext).toBe(true)
      version = document.version
      for (const { uri, status } of document.lists[0]!.watchers) {
        if (status === 'terminated') table.delete(uri)
        else table.set(uri.slice(4, -13), status)
      }
    }
    return Object.fromEntries(table)
  }
})
