/**
 * What an operator can see of presence: how wide changes fan out, what was joined or left away, how long a watcher
 * waits, and what waits.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('metrics of presence at %i workers', (workers) => {
  async function watched() {
    const world = await ServerWorld.start({ workers, users: ['alice', 'bob', 'carol', 'dave'] })
    const watchers = ['alice', 'carol', 'dave'].map((name) => new WireClient(world, name))
    const bob = new WireClient(world, 'bob')
    for (const client of [...watchers, bob]) client.register()
    const made = watchers.map((watcher) => subscribe(watcher, 'bob'))
    world.advance(1_000)
    const total = (name: string) => world.metric(name)?.value ?? 0
    const observed = (name: string) => world.metric(name)?.counts.reduce((sum, count) => sum + count, 0) ?? 0
    return { world, watchers, bob, made, total, observed }
  }

  it('fan-out: one observation for each change that somebody watches, of all its watchers', async () => {
    const { world, bob, total, observed } = await watched()
    const before = [total('meridian_presence_fan_out_watchers'), observed('meridian_presence_fan_out_watchers')]
    publish(bob, pidf('bob', 'one'))
    world.advance(1_000)
    publish(bob, pidf('bob', 'two'))
    const after = [total('meridian_presence_fan_out_watchers'), observed('meridian_presence_fan_out_watchers')]
    expect([after[0]! - before[0]!, after[1]! - before[1]!]).toEqual([6, 2])
  })

  it('latency: from the PUBLISH at the edge to the NOTIFY on the wire, once for each NOTIFY', async () => {
    const { world, bob, total, observed } = await watched()
    publish(bob, pidf('bob', 'one'))
    expect([observed('meridian_notify_latency_seconds'), total('meridian_notify_latency_seconds')]).toEqual([3, 0])
    // The next one waits for the end of the quarter of a second.
    world.advance(50)
    publish(bob, pidf('bob', 'two'))
    world.advance(1_000)
    expect(observed('meridian_notify_latency_seconds')).toBe(6)
    const waited = total('meridian_notify_latency_seconds') / 3
    expect(waited).toBeGreaterThanOrEqual(0.2)
    expect(waited).toBeLessThan(0.22)
  })

  it('coalesced: what joined a NOTIFY that had not left; suppressed: what the watcher had', async () => {
    const { world, watchers, bob, made, total } = await watched()
    for (const note of ['one', 'two', 'three']) publish(bob, pidf('bob', note))
    world.advance(1_000)
    expect(total('meridian_notifies_coalesced_total')).toBe(3)
    const tag = watchers[0]!.requests('NOTIFY').at(-1)!.first(HeaderId.sipEtag)!
    const answer = refresh(watchers[0]!, made[0]!, { headers: [['Suppress-If-Match', tag]] })
    expect([answer.statusCode, total('meridian_notifies_suppressed_total')]).toEqual([204, 1])
  })

  it('queues: NOTIFYs in flight, those that wait, and what stands of each package', async () => {
    const { world, watchers, bob, total } = await watched()
    for (const watcher of watchers) watcher.answerWith = null
    publish(bob, pidf('bob', 'one'))
    publish(bob, pidf('bob', 'two'))
    world.advance(10_000)
    expect(total('meridian_notifies_in_flight')).toBe(3)
    expect(total('meridian_notifies_waiting')).toBe(3)
    expect(world.metric('meridian_subscriptions', { package: 'presence' })?.value).toBe(3)
  })
})
