/**
 * RFC 6665: subscriptions are made, refreshed and ended; failed NOTIFYs end them.
 */
import { describe, expect, it } from 'vitest'
import { shardOf } from '../../../src/ports/sharding.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 6665 subscriptions at %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
    alice.register()
    bob.register()
    return { world, alice, bob }
  }

  it('§4.2.1: too short an expiry is 423 with Min-Expires, an unknown package 489', async () => {
    const { alice } = await people()
    const brief = subscribe(alice, 'bob', { expires: 5 })
    expect([brief.statusCode, brief.named('Min-Expires')]).toEqual([423, '60'])
    expect(subscribe(alice, 'bob', { event: 'presence.winfo.winfo' }).statusCode).toBe(489)
  })

  it('§4.4.3: a fetch is one NOTIFY with the state, and nothing stands after it', async () => {
    const { world, alice, bob } = await people()
    expect(subscribe(alice, 'bob', { expires: 0 }).statusCode).toBe(200)
    expect(told(alice)).toEqual(['terminated;reason=timeout open'])
    world.advance(1_000)
    publish(bob, pidf('bob', 'unheard'))
    expect(told(alice)).toHaveLength(1)
  })

  it('§4.1.2.2: a refresh is answered with all of the state; an end says timeout', async () => {
    const { world, alice } = await people()
    const made = subscribe(alice, 'bob')
    world.advance(1_000)
    expect(refresh(alice, made).statusCode).toBe(200)
    world.advance(1_000)
    expect(refresh(alice, made, { expires: 0 }).statusCode).toBe(200)
    expect(told(alice)).toEqual(['active open', 'active open', 'terminated;reason=timeout open'])
    expect(refresh(alice, made).statusCode).toBe(481)
  })

  it('§4.2.2: without a refresh it ends with its time', async () => {
    const { world, alice } = await people()
    subscribe(alice, 'bob', { expires: 60 })
    world.advance(59_000)
    expect(told(alice)).toHaveLength(1)
    world.advance(2_000)
    expect(told(alice).at(-1)).toBe('terminated;reason=timeout open')
  })

  it('§4.2.2: a device that never answers a NOTIFY gets no second one, and loses its subscription', async () => {
    const { world, alice, bob } = await people()
    alice.answerWith = null
    subscribe(alice, 'bob')
    for (let change = 0; change < 20; change++) {
      world.advance(2_000)
      publish(bob, pidf('bob', `change ${change}`))
    }
    expect(told(alice)).toEqual(['active open'])
  })

  it('§4.5.2: old clients put several subscriptions into one dialog, told apart by id', async () => {
    const { alice } = await people()
    const made = subscribe(alice, 'bob', { event: 'presence;id=1' })
    const second = refresh(alice, made, { event: 'presence;id=2' })
    expect(second.statusCode).toBe(200)
    const events = alice.requests('NOTIFY').map((notify) => notify.named('Event'))
    expect(events).toEqual(['presence;id=1', 'presence;id=2'])
  })

  it('§4.4.1: what a device subscribes to anew replaces its old subscription', async () => {
    const { world, alice, bob } = await people()
    subscribe(alice, 'bob', { callId: 'first' })
    subscribe(alice, 'bob', { callId: 'second' })
    world.advance(1_000)
    publish(bob, pidf('bob', 'once'))
    world.advance(1_000)
    expect(told(alice).filter((text) => text.includes('once'))).toEqual(['active once'])
  })

  it('§4.4.3: a fetch by a device that has a subscription leaves that as it is', async () => {
    const { world, alice, bob } = await people()
    subscribe(alice, 'bob', { callId: 'stands' })
    world.advance(1_000)
    subscribe(alice, 'bob', { callId: 'fetch', expires: 0 })
    world.advance(1_000)
    publish(bob, pidf('bob', 'heard'))
    world.advance(1_000)
    expect(told(alice)).toEqual(['active open', 'terminated;reason=timeout open', 'active heard'])
  })

  it('a device that comes back on a new flow goes on in the same dialog, with all of the state first', async () => {
    const { world, alice, bob } = await people()
    const made = subscribe(alice, 'bob')
    world.advance(1_000)
    alice.close('transport.reset')
    publish(bob, pidf('bob', 'meanwhile'))
    const back = new WireClient(world, 'alice', { instance: alice.instance })
    back.register()
    const [notify] = back.requests('NOTIFY')
    expect([notify?.callId, notify?.from?.tag]).toEqual([made.callId, made.to?.tag])
    expect(told(back)).toEqual(['active meanwhile'])
  })

  it('a flow that dies in mid-NOTIFY: the next one is told the newest state at once', async () => {
    const { world, alice, bob } = await people()
    subscribe(alice, 'bob')
    world.advance(1_000)
    alice.answerWith = null
    publish(bob, pidf('bob', 'on its way'))
    world.advance(1_000)
    publish(bob, pidf('bob', 'waits for the answer'))
    world.advance(1_000)
    expect(told(alice)).toEqual(['active open', 'active on its way'])
    alice.close('transport.reset')
    const back = new WireClient(world, 'alice', { instance: alice.instance })
    back.register()
    publish(bob, pidf('bob', 'newer'))
    world.advance(1_000)
    expect(told(back)).toEqual(['active waits for the answer', 'active newer'])
  })

  it('a restart keeps the dialog of such a device, with CSeq numbers that were never used', async () => {
    const { world, alice, bob } = await people()
    const made = subscribe(alice, 'bob')
    const used = alice.requests('NOTIFY').at(-1)!.cseq!.number
    const next = await world.restart()
    const back = new WireClient(next, 'alice', { instance: alice.instance })
    back.register()
    const [notify] = back.requests('NOTIFY')
    expect([notify?.callId, notify!.cseq!.number > used]).toEqual([made.callId, true])
    next.advance(1_000)
    new WireClient(next, 'bob', { instance: bob.instance }).register()
    expect(told(back)).toEqual(['active closed', 'active open'])
  })

  it('§4.2.2: what has ended does not come back with a restart, though its last NOTIFY still waited', async () => {
    const { world, alice, bob } = await people()
    subscribe(alice, 'bob', { expires: 60 })
    world.advance(50_000)
    alice.answerWith = null
    publish(bob, pidf('bob', 'unanswered'))
    world.advance(12_000)
    const next = await world.restart()
    const back = new WireClient(next, 'alice', { instance: alice.instance })
    back.register()
    next.advance(1_000)
    expect([told(alice), told(back)]).toEqual([['active open', 'active unanswered'], []])
  })

  it('a subscription of a device that nobody would know again ends with its flow', async () => {
    const { world, alice, bob } = await people()
    const guest = new WireClient(world, 'alice', { instance: null, regId: null })
    guest.register()
    subscribe(guest, 'bob')
    guest.close('transport.reset')
    const stranger = new WireClient(world, 'alice', { instance: null, regId: null })
    stranger.register()
    publish(bob, pidf('bob', 'unheard'))
    world.advance(60_000)
    expect([told(stranger), told(alice)]).toEqual([[], []])
  })
})

describe('RFC 6665 subscriptions when a worker is lost', () => {
  it('watches are named again to a shard that lost its memory, and changes are told as before', async () => {
    const names = ['alice', 'bob', 'carol', 'dave', 'erin']
    const world = await ServerWorld.start({ workers: 3, users: names })
    const shard = shardOf(aorOf('bob'), 3)
    const away = (shard + 1) % 3
    const watcher = names.find((name) => shardOf(aorOf(name), 3) !== shard)!
    const alice = new WireClient(world, watcher, { worker: away })
    const bob = new WireClient(world, 'bob', { worker: away })
    alice.register()
    bob.register()
    subscribe(alice, 'bob')
    world.killWorker(shard)
    await world.restartWorker(shard)
    world.advance(1_000)
    publish(bob, pidf('bob', 'after'))
    world.advance(1_000)
    expect(told(alice).at(-1)).toBe('active after')
  })
  it("a watcher's shard that lost its memory goes on by flows of other workers", async () => {
    const world = await ServerWorld.start({ workers: 3, users: ['alice', 'bob'] })
    const shard = shardOf(aorOf('alice'), 3)
    const alice = new WireClient(world, 'alice', { worker: (shard + 1) % 3 })
    const bob = new WireClient(world, 'bob', { worker: (shard + 1) % 3 })
    alice.register()
    bob.register()
    const made = subscribe(alice, 'bob')
    await world.restartWorker(shard)
    world.advance(1_000)
    publish(bob, pidf('bob', 'after'))
    world.advance(1_000)
    const notify = alice.requests('NOTIFY').at(-1)
    expect([notify?.callId, told(alice).at(-1)]).toEqual([made.callId, 'active after'])
  })
})
