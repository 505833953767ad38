/**
 * RFC 6665 §4.2.2 where many watch one: their NOTIFYs leave together, and each is still a matter of its own.
 */
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { PresencePackage } from '../../../src/presence/presence-package.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

/** More than leave in one unit of work. */
const watchersCount = 70

describe.each([1, 3])('RFC 6665 §4.2.2: many watchers of one user at %i workers', (workers) => {
  async function crowd() {
    const names = Array.from({ length: watchersCount }, (_, number) => `w${number}`)
    const world = await ServerWorld.start({ workers, users: ['bob', ...names] })
    const bob = new WireClient(world, 'bob')
    bob.register()
    const watchers = names.map((name) => new WireClient(world, name))
    const made = watchers.map((watcher) => {
      watcher.register()
      return subscribe(watcher, 'bob')
    })
    world.advance(1_000)
    return { world, bob, watchers, made }
  }

  it('each is told a change once, with a CSeq and a branch of its own', async () => {
    const { world, bob, watchers } = await crowd()
    publish(bob, pidf('bob', 'news'))
    world.advance(1_000)
    for (const watcher of watchers) expect(told(watcher)).toEqual(['active open', 'active news'])
    const news = watchers.map((watcher) => watcher.requests('NOTIFY')[1]!)
    expect(new Set(news.map(({ topVia }) => topVia?.branch)).size).toBe(watchersCount)
    expect(news.map(({ callId }) => callId)).toEqual(watchers.map((watcher) => watcher.requests('NOTIFY')[0]!.callId))
  })

  it('one that never answers, one that refuses and one that is gone keep none of the others from theirs', async () => {
    const { world, bob, watchers } = await crowd()
    const [silent, refusing, gone, ...others] = watchers as [WireClient, WireClient, WireClient, ...WireClient[]]
    silent.answerWith = null
    refusing.answerWith = 481
    gone.close('transport.reset')
    for (const note of ['first', 'second']) {
      publish(bob, pidf('bob', note))
      world.advance(1_000)
    }
    for (const watcher of others) expect(told(watcher)).toEqual(['active open', 'active first', 'active second'])
    expect([told(silent), told(refusing)]).toEqual(Array(2).fill(['active open', 'active first']))
  })

  it('one that has just refreshed, whose record may wait for the store, is told too', async () => {
    const { world, bob, watchers, made } = await crowd()
    world.advance(590_000)
    for (const [index, watcher] of watchers.entries())
      refresh(watcher, made[index]!, { expires: index % 2 ? 600 : 86_400 })
    publish(bob, pidf('bob', 'news'))
    world.advance(1_000)
    for (const watcher of watchers) expect(told(watcher).at(-1)).toBe('active news')
  })

  it('one whose document makes our code throw costs nobody else his', async () => {
    const { world, bob, watchers } = await crowd()
    const { document } = PresencePackage.prototype
    const planted = vi.spyOn(PresencePackage.prototype, 'document')
    onTestFinished(() => planted.mockRestore())
    planted.mockImplementation(function (this: PresencePackage, subscription, want) {
      if (subscription.watcher === aorOf('w7')) throw new Error('planted')
      return document.call(this, subscription, want)
    })
    publish(bob, pidf('bob', 'news'))
    world.advance(1_000)
    const missing = watchers.filter((watcher) => !told(watcher).includes('active news'))
    expect(missing.map(({ name }) => name)).toEqual(['w7'])
  })
})
