/**
 * Servers that cannot reach each other for a while (promises P1, P3 and P4), as the simulation of several servers has
 * shown them: what was promised before stands afterwards, and nobody is taken for somebody who is not there.
 */
import { describe, expect, it } from 'vitest'
import type { BusMessage } from '../../../src/ports/bus.ts'
import { shardOf } from '../../../src/ports/sharding.ts'
import { aorOf } from '../../support/server-world.ts'
import { TopologyWorld } from '../../support/topology-world.ts'
import { pidf, publish, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const standard = {
  'front.test': { role: 'front-end' },
  'one.test': { role: 'home', users: ['alice', 'carol'], workers: 2 },
  'two.test': { role: 'home', users: ['bob'], workers: 3 },
} as const

async function signedIn(aliceAt: string, bobAt: string) {
  const world = await TopologyWorld.start(standard)
  const alice = new WireClient(world.server(aliceAt), 'alice')
  const bob = new WireClient(world.server(bobAt), 'bob')
  expect([alice.register().statusCode, bob.register().statusCode]).toEqual([200, 200])
  return { world, alice, bob }
}

describe('a registration through a front end', () => {
  it('outlives a cut of the link, also that of a device that says no instance', async () => {
    const { world, bob } = await signedIn('front.test', 'two.test')
    const alice = new WireClient(world.server('front.test'), 'alice', { instance: null })
    alice.register()
    world.cut('front.test', 'one.test')
    world.advance(1_000)
    world.join('front.test', 'one.test')
    world.advance(1_000)
    const branch = bob.send('MESSAGE', { uri: 'sip:alice@example.test', body: 'hello' })
    expect(bob.final(branch).statusCode).toBe(200)
    expect(alice.requests('MESSAGE').map(({ body }) => String(body))).toEqual(['hello'])
  })
})

describe('a home that cannot find out whose a user is', () => {
  const isHomeIs = ({ kind }: BusMessage) => kind === 'home-is'

  it('lets a watch in when it knows', async () => {
    const { world, alice, bob } = await signedIn('one.test', 'two.test')
    publish(bob, pidf('bob', 'here'))
    // That alice is a user of one.test is said too late.
    world.holds = (message, from) => isHomeIs(message) && from === 'one.test'
    const branch = alice.send('SUBSCRIBE', {
      uri: 'sip:bob@example.test',
      callId: 'watch-bob',
      headers: [
        ['Event', 'presence'],
        ['Expires', '600'],
        ['Contact', `<${alice.contact}>`],
      ],
    })
    world.advance(4_000)
    expect(told(alice)).toEqual(['pending'])
    world.release()
    world.advance(6_000)
    expect(alice.final(branch).statusCode).toBe(200)
    expect(told(alice).at(-1)).toBe('active here')
  })

  it('tells the sender of a message to try again, and not that it is forbidden', async () => {
    const { world, alice } = await signedIn('one.test', 'two.test')
    world.holds = (message, from) => isHomeIs(message) && from === 'one.test'
    const branch = alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'hello' })
    world.advance(4_000)
    expect(alice.final(branch).statusCode).toBe(503)
  })
})

describe('a home that comes back with fewer workers', () => {
  it('knows who is watched there, and tells each change', async () => {
    const { world, alice, bob } = await signedIn('one.test', 'front.test')
    publish(bob, pidf('bob', 'here'))
    subscribe(alice, 'bob')
    world.advance(1_000)
    world.kill('two.test')
    await world.restart('two.test', 1)
    world.advance(1_000)
    publish(bob, pidf('bob', 'back'))
    world.advance(1_000)
    expect(told(alice).at(-1)).toBe('active back')
  })

  it('leaves no watcher behind at other homes', async () => {
    const { world, alice } = await signedIn('one.test', 'two.test')
    // Of a worker that is not there any more; without an instance its subscription ends with the server.
    expect(shardOf(aorOf('bob'), 3)).toBeGreaterThan(0)
    const bob = new WireClient(world.server('two.test'), 'bob', { instance: null })
    bob.register()
    publish(alice, pidf('alice', 'here'))
    subscribe(bob, 'alice')
    world.advance(1_000)
    world.kill('two.test')
    await world.restart('two.test', 1)
    world.advance(1_000)
    const watchers = world
      .server('one.test')
      .cores.flatMap(({ services }) =>
        services.all.flatMap((service) => ('holdings' in service ? (service.holdings as () => Held)().watchers : [])),
      )
    expect(watchers).toEqual([])
  })
})

interface Held {
  readonly watchers: readonly string[]
}
