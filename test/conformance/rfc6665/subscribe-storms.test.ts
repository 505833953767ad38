/**
 * RFC 6665 §6.4: a storm of SUBSCRIBE requests. Each is answered, what stands goes on, and others do not feel it (P4).
 */
import { describe, expect, it } from 'vitest'
import type { EventSettings } from '../../../src/events/settings.ts'
import type { CoreSettings } from '../../../src/runtime/worker-core.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

describe('RFC 6665 §6.4: storms of SUBSCRIBE', () => {
  async function people(limits: Partial<EventSettings>) {
    const users = ['alice', 'bob', 'carol']
    const change = (settings: CoreSettings): CoreSettings => {
      const services = { ...settings.services, events: { ...settings.services.events, ...limits } }
      return { ...settings, services }
    }
    const world = await ServerWorld.start({ workers: 1, users, change })
    const [alice, bob, carol] = users.map((name) => new WireClient(world, name))
    for (const each of [alice!, bob!, carol!]) each.register()
    const refused = (reason: string) =>
      world.metric('meridian_subscriptions_refused_total', { reason: `events.${reason}` })?.value
    return { world, alice: alice!, bob: bob!, carol: carol!, refused }
  }

  it('more subscriptions than a user may have: 503 with Retry-After, and those that stand go on', async () => {
    const { world, alice, bob, carol, refused } = await people({ subscriptionsPerUserMax: 3 })
    const made = ['bob', 'carol', 'alice'].map((each) => subscribe(alice, each))
    expect(made.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
    const more = subscribe(alice, 'bob', { event: 'presence;id=2', callId: 'more' })
    expect([more.statusCode, more.named('Retry-After'), refused('too-many')]).toEqual([503, '60', 1])
    expect(refresh(alice, made[0]!).statusCode).toBe(200)
    expect(subscribe(carol, 'bob').statusCode).toBe(200)
    world.advance(1_000)
    told(alice)
    publish(bob, pidf('bob', 'still told'))
    world.advance(1_000)
    expect(told(alice).at(-1)).toBe('active still told')
    // One that ends makes room.
    refresh(alice, made[1]!, { expires: 0 })
    world.advance(1_000)
    expect(subscribe(alice, 'bob', { event: 'presence;id=2', callId: 'more' }).statusCode).toBe(200)
  })

  it('more requests than an account may send: 503 with Retry-After, and others are served', async () => {
    const { world, alice, carol, refused } = await people({ requestsPerSecond: 1, burst: 5 })
    const fetches = Array.from({ length: 8 }, (_, at) => subscribe(alice, 'bob', { expires: 0, callId: `fetch-${at}` }))
    expect(fetches.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200, 503, 503, 503])
    expect([fetches.at(-1)!.named('Retry-After'), refused('too-fast')]).toEqual(['10', 3])
    expect(subscribe(carol, 'bob').statusCode).toBe(200)
    world.advance(2_000)
    expect(subscribe(alice, 'bob').statusCode).toBe(200)
  })
})
