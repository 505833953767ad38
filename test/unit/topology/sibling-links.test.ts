/**
 * A worker without a link to a home relays by another worker of its server, which has one (promises P4 and P6): what a
 * client sees does not depend on the worker that its connection fell to.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { establish, signedIn as inviting, sendWithin } from '../../support/sessions.ts'
import { TopologyWorld } from '../../support/topology-world.ts'
import { WireClient } from '../../support/wire-client.ts'
import { bodiesOf, write } from '../../support/writing.ts'

const standard = {
  'front.test': { role: 'front-end', workers: 3 },
  'one.test': { role: 'home', users: ['alice'], workers: 2 },
  'two.test': { role: 'home', users: ['bob'] },
} as const

describe('a front end’s worker without a link to a home', () => {
  it('signs users in, relays their messages and what is sent to them', async () => {
    const world = await TopologyWorld.start(standard)
    world.cutWorker('front.test', 1, 'one.test')
    const alice = new WireClient(world.server('front.test'), 'alice', { worker: 1 })
    const bob = new WireClient(world.server('two.test'), 'bob')
    expect([alice.register().statusCode, bob.register().statusCode]).toEqual([200, 200])
    expect(write(alice, 'bob', 'hello')).toBe(200)
    expect(write(bob, 'alice', 'hello yourself')).toBe(200)
    expect([bodiesOf(bob), bodiesOf(alice)]).toEqual([['hello'], ['hello yourself']])
  })

  it('relays sessions, with ACK and requests of both sides', async () => {
    const world = await TopologyWorld.start(standard)
    world.cutWorker('front.test', 1, 'one.test')
    const alice = new WireClient(world.server('front.test'), 'alice', { worker: 1 })
    const bob = new WireClient(world.server('two.test'), 'bob')
    inviting(alice, bob)
    const session = establish(alice, bob)
    const bye = sendWithin(bob, session.callee, 'BYE')
    alice.respond(alice.request('BYE'), 200)
    expect(bob.final(bye).statusCode).toBe(200)
  })

  it('answers 503 with Retry-After where no worker has one', async () => {
    const world = await TopologyWorld.start(standard)
    const alice = new WireClient(world.server('front.test'), 'alice', { worker: 1 })
    alice.register()
    for (const worker of [0, 1, 2]) world.cutWorker('front.test', worker, 'one.test')
    const answer = alice.final(alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'x' }))
    expect([answer.statusCode, answer.first(HeaderId.retryAfter)]).toEqual([503, '5'])
  })

  it('is answered 503 at once when the link of who carried it ends too', async () => {
    const world = await TopologyWorld.start(standard)
    const alice = new WireClient(world.server('front.test'), 'alice', { worker: 1 })
    alice.register()
    world.cutWorker('front.test', 1, 'one.test')
    world.holds = ({ kind }) => kind === 'answer'
    const branch = alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'x' })
    expect(alice.hasFinal(branch)).toBe(false)
    world.cutWorker('front.test', 0, 'one.test')
    expect(alice.final(branch).statusCode).toBe(503)
  })

  it('keeps the order of what a user sends while its own link comes back', async () => {
    const world = await TopologyWorld.start(standard)
    const alice = new WireClient(world.server('front.test'), 'alice', { worker: 1 })
    const bob = new WireClient(world.server('two.test'), 'bob')
    alice.register()
    bob.register()
    world.cutWorker('front.test', 1, 'one.test')
    const senders: number[] = []
    world.onCrossing = ({ from, fromWorker, message }) => {
      if (from === 'front.test' && message.kind === 'request') senders.push(fromWorker)
    }
    world.holds = ({ kind }) => kind === 'answer'
    alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'first' })
    world.joinWorker('front.test', 1, 'one.test')
    alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'second' })
    world.release()
    expect(write(alice, 'bob', 'third')).toBe(200)
    expect(bodiesOf(bob)).toEqual(['first', 'second', 'third'])
    expect(senders).toEqual([0, 0, 1])
  })

  it('that was restarted hears of its siblings’ links before it has one', async () => {
    const world = await TopologyWorld.start(standard)
    world.cutWorker('front.test', 1, 'one.test')
    world.server('front.test').killWorker(1)
    await world.server('front.test').restartWorker(1)
    const alice = new WireClient(world.server('front.test'), 'alice', { worker: 1 })
    expect(alice.register().statusCode).toBe(200)
  })
})
