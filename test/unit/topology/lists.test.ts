/**
 * Lists that name users of several homes (RFC 4662, promises P3 and P6): each member is decided by his own home, what
 * changes crosses once for all who watch, and a block acts on lists of other homes before it is acknowledged.
 */
import { describe, expect, it } from 'vitest'
import type { SeeVerdict } from '../../../src/ports/policy.ts'
import { listBody, saidNext, subscribeTo } from '../../support/list-watching.ts'
import { aorOf } from '../../support/server-world.ts'
import { TopologyWorld } from '../../support/topology-world.ts'
import { pidf, publish } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const body = listBody('sip:bob@example.test', 'sip:carol@example.test', 'sip:dave@example.test')

/** alice, carol and erin live at one home, bob and dave at the other; alice and erin watch them all. */
async function people() {
  const world = await TopologyWorld.start({
    'front.test': { role: 'front-end', workers: 2 },
    'one.test': { role: 'home', users: ['alice', 'carol', 'erin'], workers: 1 },
    'two.test': { role: 'home', users: ['bob', 'dave'], workers: 3 },
  })
  const at = (server: string, name: string) => {
    const client = new WireClient(world.server(server), name)
    expect(client.register().statusCode).toBe(200)
    return client
  }
  const alice = at('front.test', 'alice')
  const [carol, erin, bob] = [at('one.test', 'carol'), at('one.test', 'erin'), at('two.test', 'bob')]
  return { world, alice, carol, erin, bob, dave: at('two.test', 'dave') }
}

function says(world: TopologyWorld, user: string, rule: SeeVerdict, watcher: string) {
  return world.server('two.test').policy(user, { act: 'set-user-rule', rule, watchers: [aorOf(watcher)] })
}

describe('a list of users of two homes', () => {
  it('tells of each as his own home decides, the blocked watcher beside the allowed one', async () => {
    const { world, alice, erin, bob, carol, dave } = await people()
    expect(says(world, 'dave', 'block', 'alice')).toMatchObject({ ok: true, unconfirmed: [] })
    for (const [client, name] of [[bob, 'bob'] as const, [carol, 'carol'] as const, [dave, 'dave'] as const]) {
      publish(client, pidf(name, `of ${name}`))
    }
    for (const watcher of [alice, erin]) expect(subscribeTo(watcher, body).statusCode).toBe(200)
    world.advance(1_000)
    const seen = 'bob: active of bob, carol: active of carol'
    expect(saidNext(alice).at(-1)).toContain(`${seen}, dave: terminated rejected`)
    expect(saidNext(erin).at(-1)).toContain(`${seen}, dave: active of dave`)
  })

  it('is told a change that crosses once, however many watch', async () => {
    const { world, alice, erin, bob } = await people()
    for (const watcher of [alice, erin]) subscribeTo(watcher, body)
    world.advance(1_000)
    for (const watcher of [alice, erin]) saidNext(watcher)
    world.crossed.length = 0
    publish(bob, pidf('bob', 'there'))
    world.advance(1_000)
    expect(world.crossed.filter(({ message }) => message.kind === 'state')).toHaveLength(1)
    for (const watcher of [alice, erin]) expect(saidNext(watcher).join()).toContain('bob: active there')
  })

  it('tells nothing newer to whom a member blocks, from the acknowledgement on', async () => {
    const { world, alice, erin, bob } = await people()
    publish(bob, pidf('bob', 'here'))
    for (const watcher of [alice, erin]) subscribeTo(watcher, body)
    world.advance(1_000)
    for (const watcher of [alice, erin]) saidNext(watcher)
    expect(says(world, 'bob', 'block', 'alice')).toMatchObject({ ok: true, unconfirmed: [] })
    publish(bob, pidf('bob', 'secret'))
    world.advance(10_000)
    const told = saidNext(alice).join()
    expect(told).toContain('bob: terminated')
    expect(told).not.toContain('secret')
    expect(saidNext(erin).join()).toContain('bob: active secret')
  })
})

it('a block waits for a home that has not named its watches since the blocking user’s began anew', async () => {
  const { world, alice, bob } = await people()
  publish(bob, pidf('bob', 'here'))
  subscribeTo(alice, body)
  world.advance(1_000)
  saidNext(alice)
  // What the other home says of its watches comes late, and what it says behind that.
  const late = ['naming', 'watches', 'barrier-passed']
  world.holds = ({ kind }, from) => from === 'one.test' && late.includes(kind)
  await world.restartNow('two.test')
  const reply = world.server('two.test').askPolicy('bob', {
    act: 'set-user-rule',
    rule: 'block',
    watchers: [aorOf('alice')],
  })
  world.advance(1_000)
  expect(reply()).toBeNull()
  world.release()
  world.advance(500)
  expect(reply()).toMatchObject({ ok: true, unconfirmed: [] })
  expect(saidNext(alice).join()).toContain('bob: terminated')
  const again = new WireClient(world.server('two.test'), 'bob')
  expect(again.register().statusCode).toBe(200)
  publish(again, pidf('bob', 'secret'))
  world.advance(10_000)
  expect(saidNext(alice).join()).not.toContain('secret')
})
