/**
 * Presence between users of two homes (promises P3 and P4): subscriptions, blocks, and homes that come back.
 */
import { describe, expect, it } from 'vitest'
import { aorOf } from '../../support/server-world.ts'
import { TopologyWorld } from '../../support/topology-world.ts'
import { pidf, publish, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const standard = {
  'front.test': { role: 'front-end', workers: 2 },
  'one.test': { role: 'home', users: ['alice', 'carol'], workers: 2 },
  'two.test': { role: 'home', users: ['bob', 'dave'], workers: 3 },
} as const

async function signedIn(...places: readonly (readonly [server: string, name: string])[]) {
  const world = await TopologyWorld.start(standard)
  const clients = places.map(([server, name]) => {
    const client = new WireClient(world.server(server), name)
    expect(client.register().statusCode).toBe(200)
    return client
  })
  return { world, clients: clients as [WireClient, WireClient, ...WireClient[]] }
}

/** Alice and carol of one home see bob of the other. */
async function bobIsWatched() {
  const { world, clients } = await signedIn(['one.test', 'alice'], ['two.test', 'bob'], ['one.test', 'carol'])
  const [alice, bob, carol] = clients as [WireClient, WireClient, WireClient]
  publish(bob, pidf('bob', 'here'))
  for (const watcher of [alice, carol]) subscribe(watcher, 'bob')
  world.advance(1000)
  return { world, alice, bob, carol }
}

const blockAlice = { act: 'set-user-rule', rule: 'block', watchers: [aorOf('alice')] } as const

describe('a subscription through a front end', () => {
  for (const presentity of ['carol', 'bob']) {
    it(`to ${presentity} is told each change`, async () => {
      const { world, clients } = await signedIn(['front.test', 'alice'], ['front.test', presentity])
      const [alice, other] = clients
      publish(other, pidf(presentity, 'here'))
      expect(subscribe(alice, presentity).statusCode).toBe(200)
      world.advance(1000)
      publish(other, pidf(presentity, 'there'))
      world.advance(1000)
      expect(told(alice)).toEqual(['active here', 'active there'])
    })
  }

  it('to nobody is refused', async () => {
    const { clients } = await signedIn(['front.test', 'alice'], ['front.test', 'bob'])
    expect(subscribe(clients[0], 'nobody').statusCode).toBe(404)
  })
})

describe('between homes', () => {
  it('each state crosses once for each shard with watchers, however many they are', async () => {
    const { world, clients } = await signedIn(['one.test', 'alice'], ['two.test', 'bob'], ['one.test', 'alice'])
    const [alice, bob, again] = clients
    publish(bob, pidf('bob', 'here'))
    for (const watcher of [alice, again!]) subscribe(watcher, 'bob', { callId: `watch-${watcher.port}` })
    world.advance(1000)
    world.crossed.length = 0
    publish(bob, pidf('bob', 'there'))
    world.advance(1000)
    expect(world.crossed.filter(({ message }) => message.kind === 'state')).toHaveLength(1)
    expect([told(alice).at(-1), told(again!).at(-1)]).toEqual(['active there', 'active there'])
  })

  it('a block while subscribed ends what is seen before it is acknowledged', async () => {
    const { world, alice, bob, carol } = await bobIsWatched()
    const reply = world.server('two.test').policy('bob', blockAlice)
    expect(reply).toMatchObject({ ok: true, unconfirmed: [] })
    expect(told(alice).at(-1)).toMatch(/^terminated/)
    publish(bob, pidf('bob', 'secret'))
    world.advance(1000)
    expect(told(alice).join()).not.toContain('secret')
    expect(told(carol).at(-1)).toBe('active secret')
  })

  it('a home that does not confirm a block loses its link before the block is acknowledged', async () => {
    const { world, alice, bob, carol } = await bobIsWatched()
    // Nothing that is sent there arrives, and nobody is told.
    world.holds = (_message, from) => from === 'two.test'
    const reply = world.server('two.test').askPolicy('bob', blockAlice)
    world.advance(1400)
    expect([reply(), world.severed]).toEqual([null, []])
    world.advance(200)
    const [worker, ...others] = world
      .server('two.test')
      .cores.flatMap((core, each) => (core === world.server('two.test').coreOf('bob') ? [each] : []))
    expect([world.severed, others]).toEqual([[`two.test ${worker} one.test`], []])
    expect(reply()).toMatchObject({ ok: true, unconfirmed: [] })
    publish(bob, pidf('bob', 'secret'))
    world.advance(1000)
    // What was on its way is lost with the link.
    world.holds = () => false
    world.joinWorker('two.test', worker!, 'one.test')
    world.advance(1000)
    expect(told(alice).at(-1)).toMatch(/^terminated/)
    expect(told(alice).join()).not.toContain('secret')
    expect(told(carol).at(-1)).toBe('active secret')
  })

  it('a state that waits for the link is not told to whoever was blocked meanwhile', async () => {
    const { world, alice, bob, carol } = await bobIsWatched()
    const two = world.server('two.test')
    const worker = two.cores.indexOf(two.coreOf('bob'))
    world.cutWorker('two.test', worker, 'one.test')
    publish(bob, pidf('bob', 'waiting'))
    const reply = two.askPolicy('bob', blockAlice)
    world.advance(2000)
    expect(reply()).toMatchObject({ ok: true, unconfirmed: [] })
    world.joinWorker('two.test', worker, 'one.test')
    world.advance(1000)
    expect(told(alice).at(-1)).toMatch(/^terminated/)
    expect(told(alice).join()).not.toContain('waiting')
    expect(told(carol).at(-1)).toBe('active waiting')
  })

  it('what a worker watched before it began anew is over, though the other home has missed nothing', async () => {
    const { world, clients } = await signedIn(['two.test', 'bob'])
    const [bob] = clients
    const one = world.server('one.test')
    const worker = one.cores.indexOf(one.coreOf('alice'))
    const alice = new WireClient(one, 'alice', { worker, instance: null })
    alice.register()
    publish(bob, pidf('bob', 'here'))
    subscribe(alice, 'bob')
    world.advance(1000)
    // Its connections end with it, and subscriptions that have no other.
    one.killWorker(worker)
    await world.restartWorker('one.test', worker)
    world.crossed.length = 0
    publish(bob, pidf('bob', 'there'))
    world.advance(1000)
    expect(told(alice)).toEqual(['active here'])
    expect(world.crossed.filter(({ message }) => message.kind === 'state')).toEqual([])
  })

  it('watches are named again when the presentity’s home comes back', async () => {
    const { world, clients } = await signedIn(['one.test', 'alice'], ['front.test', 'bob'])
    const [alice, bob] = clients
    publish(bob, pidf('bob', 'here'))
    subscribe(alice, 'bob')
    world.advance(1000)
    await world.restartNow('two.test')
    publish(bob, pidf('bob', 'back'))
    world.advance(1000)
    expect(told(alice).at(-1)).toBe('active back')
  })

  it('what is not heard of for two minutes is unknown', async () => {
    const { world, clients } = await signedIn(['one.test', 'alice'], ['front.test', 'bob'])
    const [alice, bob] = clients
    publish(bob, pidf('bob', 'here'))
    subscribe(alice, 'bob')
    world.advance(1000)
    world.kill('two.test')
    world.advance(110_000)
    expect(told(alice)).toEqual(['active here'])
    world.advance(20_000)
    expect(told(alice)).toHaveLength(2)
    expect(told(alice).at(-1)).not.toContain('here')
  })

  it('after a cut everybody sees the newest state again', async () => {
    const { world, clients } = await signedIn(['one.test', 'alice'], ['two.test', 'bob'])
    const [alice, bob] = clients
    publish(bob, pidf('bob', 'before'))
    subscribe(alice, 'bob')
    world.advance(1000)
    world.cut('one.test', 'two.test')
    publish(bob, pidf('bob', 'meanwhile'))
    world.advance(1000)
    world.join('one.test', 'two.test')
    world.advance(1000)
    expect(told(alice).at(-1)).toBe('active meanwhile')
  })

  it('a user who is made later is seen by who has asked before', async () => {
    const { world, clients } = await signedIn(['one.test', 'alice'], ['two.test', 'bob'])
    expect(subscribe(clients[0], 'eve').statusCode).toBe(404)
    world.server('two.test').addUser('eve')
    expect(subscribe(clients[0], 'eve', { callId: 'second' }).statusCode).toBe(200)
  })
})
