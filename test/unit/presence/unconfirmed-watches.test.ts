/**
 * A presentity whose worker is lost is shown as it was for 30 s, then as unknown: a document without tuples (RFC 3863
 * §4.1.1), until the worker that comes in its place has spoken of it.
 */
import { describe, expect, it } from 'vitest'
import { shardOf } from '../../../src/ports/sharding.ts'
import { listBody, saidNext, subscribeTo } from '../../support/list-watching.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan']
const shard = shardOf(aorOf('bob'), 3)
const others = names.filter((name) => shardOf(aorOf(name), 3) !== shard)
const away = (shard + 1) % 3

async function watching() {
  const world = await ServerWorld.start({ workers: 3, users: names })
  const [alice, polite] = others.map((name) => new WireClient(world, name, { worker: away })) as [
    WireClient,
    WireClient,
  ]
  const bob = new WireClient(world, 'bob', { worker: away })
  for (const each of [alice, polite, bob]) each.register()
  publish(bob, pidf('bob', 'here'), [['Expires', '3600']])
  world.policy('bob', { act: 'set-user-rule', rule: 'polite-block', watchers: [aorOf(others[1]!)] })
  const made = subscribe(alice, 'bob', { expires: 3_600 })
  subscribe(polite, 'bob', { expires: 3_600 })
  world.advance(1_000)
  alice.inbox.length = 0
  polite.inbox.length = 0
  return { world, alice, polite, bob, made }
}

/** Of each NOTIFY that came since: its note, or how many tuples it has. */
function shown(watcher: WireClient): string[] {
  return watcher.requests('NOTIFY').map((notify) => {
    watcher.inbox.splice(watcher.inbox.indexOf(notify), 1)
    const text = notify.body.toString()
    return /<note>(.*?)<\/note>/.exec(text)?.[1] ?? `${text.split('<tuple').length - 1} tuples`
  })
}

describe('a presentity whose worker is lost', () => {
  it('stands as it was for 30 s, then is unknown, and is shown anew when its worker is back', async () => {
    const { world, alice } = await watching()
    world.killWorker(shard)
    world.advance(29_000)
    expect(shown(alice)).toEqual([])
    world.advance(2_000)
    expect(shown(alice)).toEqual(['0 tuples'])
    world.advance(60_000)
    expect(shown(alice)).toEqual([])
    await world.restartWorker(shard)
    world.advance(1_000)
    expect(shown(alice).at(-1)).toMatch(/^here$|^1 tuples$/)
  })

  it('is told as unknown to a watcher that asks again, too', async () => {
    const { world, alice, made } = await watching()
    world.killWorker(shard)
    world.advance(31_000)
    shown(alice)
    expect(refresh(alice, made, { expires: 3_600 }).statusCode).toBe(200)
    expect(shown(alice)).toEqual(['0 tuples'])
  })

  it('is never unknown when its worker is back in time, also where it is lost twice', async () => {
    const { world, alice } = await watching()
    world.killWorker(shard)
    world.advance(20_000)
    await world.restartWorker(shard)
    world.advance(1_000)
    shown(alice)
    world.killWorker(shard)
    world.advance(20_000)
    expect(shown(alice)).toEqual([])
    world.advance(11_000)
    expect(shown(alice)).toEqual(['0 tuples'])
  })

  it('is the same for who is blocked politely', async () => {
    const { world, polite } = await watching()
    world.killWorker(shard)
    world.advance(31_000)
    expect(shown(polite)).toEqual(['0 tuples'])
    await world.restartWorker(shard)
    world.advance(1_000)
    expect(shown(polite)).toEqual(['1 tuples'])
  })

  it('is unknown in lists', async () => {
    const { world, alice } = await watching()
    subscribeTo(alice, listBody(aorOf('bob')), { expires: 3_600, callId: 'list' })
    world.advance(1_000)
    alice.inbox.length = 0
    world.killWorker(shard)
    world.advance(31_000)
    const list = alice.requests('NOTIFY').find(({ callId }) => callId === 'list')
    alice.inbox.splice(0, alice.inbox.length, ...(list ? [list] : []))
    expect(list?.body.toString()).not.toContain('<tuple')
    expect(saidNext(alice)).toEqual([expect.stringMatching(/^partial \d+, bob: active/)])
  })
})
