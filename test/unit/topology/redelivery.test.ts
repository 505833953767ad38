/**
 * A link that is cut while a message is being delivered over it (promises P1 and P3): it is tried again when the link
 * is back, delivered once, in order, and its sender hears what became of it.
 */
import { describe, expect, it } from 'vitest'
import type { BusMessage } from '../../../src/ports/bus.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { TopologyWorld } from '../../support/topology-world.ts'
import { WireClient } from '../../support/wire-client.ts'
import { bodiesOf } from '../../support/writing.ts'

const standard = {
  'one.test': { role: 'home', users: ['alice'], workers: 2 },
  'two.test': { role: 'home', users: ['bob'], workers: 2 },
} as const

async function signedIn(): Promise<{ world: TopologyWorld; alice: WireClient; bob: WireClient }> {
  const world = await TopologyWorld.start(standard)
  const alice = new WireClient(world.server('one.test'), 'alice')
  const bob = new WireClient(world.server('two.test'), 'bob')
  expect([alice.register().statusCode, bob.register().statusCode]).toEqual([200, 200])
  return { world, alice, bob }
}

function send(from: WireClient, body: string): string {
  return from.send('MESSAGE', { uri: 'sip:bob@example.test', body })
}

/** Cuts the link when the first of that kind is about to cross it, and joins it a second later. */
function cutOnce(world: TopologyWorld, kind: BusMessage['kind']): void {
  world.onCrossing = ({ message }) => {
    if (message.kind !== kind) return
    world.onCrossing = () => {}
    world.cut('one.test', 'two.test')
  }
}

describe('a message whose link is cut', () => {
  it('before it arrives is delivered when the link is back', async () => {
    const { world, alice, bob } = await signedIn()
    cutOnce(world, 'deliver')
    const branch = send(alice, 'hello')
    expect([alice.hasFinal(branch), bodiesOf(bob)]).toEqual([false, []])
    world.advance(1_000)
    world.join('one.test', 'two.test')
    expect([alice.final(branch).statusCode, bodiesOf(bob)]).toEqual([200, ['hello']])
  })

  it('on the way of its answer is delivered once, and answered', async () => {
    const { world, alice, bob } = await signedIn()
    cutOnce(world, 'answer')
    const branch = send(alice, 'hello')
    expect([alice.hasFinal(branch), bodiesOf(bob)]).toEqual([false, ['hello']])
    world.advance(1_000)
    world.join('one.test', 'two.test')
    expect(alice.final(branch).statusCode).toBe(200)
    world.advance(60_000)
    expect(bodiesOf(bob)).toEqual(['hello'])
  })

  it('while its device has not answered waits for that answer, and is not offered again', async () => {
    const { world, alice, bob } = await signedIn()
    bob.answerWith = null
    const branch = send(alice, 'hello')
    const offered = bob.request('MESSAGE')
    world.cut('one.test', 'two.test')
    world.advance(1_000)
    world.join('one.test', 'two.test')
    expect(bob.requests('MESSAGE')).toEqual([])
    bob.respond(offered, 200)
    expect(alice.final(branch).statusCode).toBe(200)
  })

  it('is before those that its sender writes afterwards', async () => {
    const { world, alice, bob } = await signedIn()
    cutOnce(world, 'deliver')
    const branches = [send(alice, 'first')]
    // Nothing new is taken while the link is down.
    expect(alice.final(send(alice, 'refused')).statusCode).toBe(503)
    world.join('one.test', 'two.test')
    branches.push(send(alice, 'second'))
    expect(branches.map((branch) => alice.final(branch).statusCode)).toEqual([200, 200])
    expect(bodiesOf(bob)).toEqual(['first', 'second'])
  })

  it('for long is answered 503 with Retry-After', async () => {
    const { world, alice } = await signedIn()
    cutOnce(world, 'deliver')
    const branch = send(alice, 'hello')
    world.advance(5_100)
    const answer = alice.final(branch)
    expect([answer.statusCode, answer.first(HeaderId.retryAfter)]).toEqual([503, '5'])
  })

  it('is answered 503 when its recipient’s home comes back as another start, which may have delivered it', async () => {
    const { world, alice } = await signedIn()
    cutOnce(world, 'deliver')
    const branch = send(alice, 'hello')
    await world.restartNow('two.test')
    expect(alice.final(branch).statusCode).toBe(503)
  })
})
