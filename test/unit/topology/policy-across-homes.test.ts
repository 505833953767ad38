/**
 * Groups and the organisation's rules where watcher and presentity have different homes (promise P3): a change acts on
 * live subscriptions there too, and is acknowledged when it does.
 */
import { describe, expect, it } from 'vitest'
import { aorOf } from '../../support/server-world.ts'
import { TopologyWorld } from '../../support/topology-world.ts'
import { pidf, publish, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const standard = {
  'one.test': { role: 'home', users: ['alice', 'carol'], workers: 2 },
  'two.test': { role: 'home', users: ['bob'], workers: 3 },
} as const
const intoSales = { act: 'change-groups', add: ['sales'], remove: [] } as const

/** Alice and carol, of one home, see bob, of another, whose rule is that sales see nobody. */
async function watching() {
  const world = await TopologyWorld.start(standard)
  const rule = { from: 'sales', to: '*', see: 'forbid', message: 'forbid' } as const
  expect(world.server('two.test').policy(null, { act: 'put-rule', rule })).toMatchObject({ ok: true })
  const alice = new WireClient(world.server('one.test'), 'alice')
  const carol = new WireClient(world.server('one.test'), 'carol')
  const bob = new WireClient(world.server('two.test'), 'bob')
  for (const client of [alice, bob, carol]) expect(client.register().statusCode).toBe(200)
  publish(bob, pidf('bob', 'here'))
  subscribe(alice, 'bob')
  subscribe(carol, 'bob')
  world.advance(1000)
  expect([told(alice), told(carol)]).toEqual([['active here'], ['active here']])
  return { world, alice, bob, carol }
}

describe('a user who gets into another group', () => {
  it('sees no more than that group may, of users of other homes, when that is acknowledged', async () => {
    const { world, alice, bob, carol } = await watching()
    expect(world.server('one.test').admin('alice', intoSales)).toMatchObject({ ok: true, unconfirmed: [] })
    expect(told(alice).at(-1)).toMatch(/^terminated/)
    publish(bob, pidf('bob', 'secret'))
    world.advance(1000)
    expect(told(alice).join()).not.toContain('secret')
    expect(told(carol).at(-1)).toBe('active secret')
  })

  it('waits for homes that are slow, and is told of one that does not confirm', async () => {
    const { world } = await watching()
    world.holds = ({ kind }) => kind === 'groups-change'
    const slow = world.server('one.test').askAdmin('alice', intoSales)
    world.advance(1000)
    expect(slow()).toBeNull()
    world.release()
    expect(slow()).toMatchObject({ ok: true, unconfirmed: [] })
    world.holds = ({ kind }) => kind === 'groups-change'
    const silent = world.server('one.test').askAdmin('carol', intoSales)
    world.advance(2_100)
    const reply = silent()
    expect(reply?.ok && reply.unconfirmed).toHaveLength(3)
  })

  it('is not kept waiting by a home whose link is gone', async () => {
    const { world, alice } = await watching()
    world.holds = ({ kind }) => kind === 'groups-change'
    const reply = world.server('one.test').askAdmin('alice', intoSales)
    expect(reply()).toBeNull()
    world.cut('one.test', 'two.test')
    expect(reply()).toMatchObject({ ok: true, unconfirmed: [] })
    world.holds = () => false
    world.join('one.test', 'two.test')
    world.advance(1000)
    expect(told(alice).at(-1)).toMatch(/^terminated/)
  })

  it('is believed of his own home alone', async () => {
    const { world, bob, carol } = await watching()
    const from = { worker: 0, incarnation: 1, half: 'routes', number: 1 } as const
    const party = { aor: aorOf('bob'), aliases: [], groups: ['sales'] }
    subscribe(bob, 'carol')
    publish(carol, pidf('carol', 'here'))
    world.advance(1000)
    for (const worker of [0, 1, 2]) world.forge('one.test', 'two.test', { kind: 'groups-change', from, party }, worker)
    const refusals = { peer: 'one.test', kind: 'groups-change', reason: 'user-of-another-home' }
    expect(world.server('two.test').metric('meridian_link_messages_refused_total', refusals)?.value).toBe(3)
  })
})

describe('the organisation’s rules of a presentity’s home', () => {
  it('act on watchers of other homes before a change is acknowledged', async () => {
    const { world, alice, bob } = await watching()
    const rule = { from: '*', to: '*', see: 'forbid', message: null } as const
    world.holds = ({ kind }) => kind === 'barrier'
    const reply = world.server('two.test').askPolicy(null, { act: 'put-rule', rule })
    expect(reply()).toBeNull()
    world.release()
    expect(reply()).toMatchObject({ ok: true, unconfirmed: [] })
    expect(told(alice).at(-1)).toMatch(/^terminated/)
    publish(bob, pidf('bob', 'secret'))
    world.advance(1000)
    expect(told(alice).join()).not.toContain('secret')
  })
})
