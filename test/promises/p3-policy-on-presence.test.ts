/**
 * Who may see whom, on live subscriptions (RFC 3856 §6.6, DESIGN §11.5): when a change of policy is acknowledged, no
 * newer state reaches whoever may no longer see it, and whoever may see it now has it.
 */
import { describe, expect, it } from 'vitest'
import type { SeeVerdict } from '../../src/ports/policy.ts'
import type { GroupRule, SeeRule } from '../../src/ports/records/policy.ts'
import { aorOf, ServerWorld } from '../support/server-world.ts'
import { pidf, publish, subscribe, told } from '../support/watching.ts'
import { WireClient } from '../support/wire-client.ts'

function rule(from: string, to: string, see: SeeRule): GroupRule {
  return { from, to, see, message: null }
}

describe.each([1, 3])('policy on presence, with %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers, users: [] })
    world.addUser('alice', { groups: ['research'] })
    world.addUser('bob', { groups: ['trading'] })
    world.addUser('carol')
    const clients = ['alice', 'bob', 'carol'].map((name) => new WireClient(world, name))
    for (const client of clients) client.register()
    const [alice, bob, carol] = clients as [WireClient, WireClient, WireClient]
    return { world, alice, bob, carol }
  }

  function put(world: ServerWorld, ...rules: readonly GroupRule[]): void {
    for (const each of rules) {
      expect(world.policy(null, { act: 'put-rule', rule: each })).toMatchObject({ ok: true, unconfirmed: [] })
    }
  }

  function says(world: ServerWorld, bob: WireClient, note: string): void {
    world.advance(10_000)
    publish(bob, pidf('bob', note))
    world.advance(10_000)
  }

  it('a rule between groups decides a new subscription: refused, pending, active', async () => {
    const { world, alice, carol } = await people()
    put(world, rule('research', 'trading', 'forbid'))
    expect(subscribe(alice, 'bob').statusCode).toBe(403)
    expect(subscribe(carol, 'bob').statusCode).toBe(200)
    put(world, rule('research', 'trading', 'prompt'))
    subscribe(alice, 'bob', { callId: 'again' })
    expect(told(alice)).toEqual(['pending'])
    expect(told(carol)).toEqual(['active open'])
  })

  it('forbidding ends live subscriptions before it is acknowledged, of those whom it means', async () => {
    const { world, alice, bob, carol } = await people()
    for (const watcher of [alice, carol]) subscribe(watcher, 'bob')
    says(world, bob, 'before')
    put(world, rule('research', 'trading', 'forbid'))
    says(world, bob, 'after')
    expect(told(alice)).toEqual(['active open', 'active before', 'terminated;reason=rejected'])
    expect(told(carol)).toEqual(['active open', 'active before', 'active after'])
  })

  it('the organisation’s default holds for live subscriptions in both directions', async () => {
    const { world, alice, bob } = await people()
    world.policy(null, { act: 'set-default', default: 'prompt' })
    subscribe(alice, 'bob')
    says(world, bob, 'unseen')
    world.policy(null, { act: 'set-default', default: 'open' })
    world.advance(10_000)
    world.policy(null, { act: 'set-default', default: 'prompt' })
    says(world, bob, 'unseen again')
    expect(told(alice)).toEqual(['pending', 'active unseen', 'pending'])
  })

  it('many presentities are judged in turns: none is forgotten, and the acknowledgement waits for all', async () => {
    const { world, alice } = await people()
    const many = Array.from({ length: 260 }, (_, index) => `many${index}`)
    for (const name of many) world.addUser(name)
    for (const name of many) subscribe(alice, name)
    world.advance(10_000)
    told(alice)
    const first = world.askPolicy(null, { act: 'set-default', default: 'closed' })
    const isSooner = first() !== null
    world.advance(2_000)
    expect([isSooner, first()]).toMatchObject([false, { ok: true, unconfirmed: [] }])
    const ends = told(alice).filter((each) => each === 'terminated;reason=rejected')
    expect(ends.length).toBe(many.length)
  })

  it('a change of the watcher’s groups ends what he sees, and one of the presentity’s too', async () => {
    for (const [name, group] of [
      ['carol', 'research'],
      ['bob', 'trading'],
    ] as const) {
      const { world, alice, bob, carol } = await people()
      const watcher = name === 'carol' ? carol : alice
      if (name === 'bob') world.admin('bob', { act: 'change-groups', add: [], remove: ['trading'] })
      put(world, rule('research', 'trading', 'forbid'))
      subscribe(watcher, 'bob')
      says(world, bob, 'before')
      const reply = world.admin(name, { act: 'change-groups', add: [group], remove: [] })
      expect(reply).toMatchObject({ ok: true, unconfirmed: [] })
      says(world, bob, 'after')
      expect(told(watcher), name).toEqual(['active open', 'active before', 'terminated;reason=rejected'])
    }
  })

  it('a worker that comes back judges the watches that are named to it by groups too', async () => {
    if (workers === 1) return
    const { world } = await people()
    put(world, rule('*', '*', 'forbid'), rule('research', 'trading', 'allow'))
    const home = world.coreOf('bob').shard.worker
    // On flows that outlive that worker.
    const away = (name: string) => new WireClient(world, name, { worker: (home + 1) % workers })
    const [alice, bob] = [away('alice'), away('bob')]
    for (const client of [alice, bob]) client.register()
    subscribe(alice, 'bob')
    await world.restartWorker(home)
    says(world, bob, 'after the restart')
    expect(told(alice).at(-1)).toBe('active after the restart')
  })

  it('a user’s own rules: block ends, polite block looks off line, allow shows, whatever was said before', async () => {
    const { world, alice, bob } = await people()
    const say = (verdict: SeeVerdict | null) => {
      const act = { act: 'set-user-rule', rule: verdict, watchers: [aorOf('alice')] } as const
      expect(world.policy('bob', act)).toMatchObject({ ok: true, unconfirmed: [] })
    }
    subscribe(alice, 'bob')
    says(world, bob, 'one')
    say('polite-block')
    says(world, bob, 'two')
    say('allow')
    says(world, bob, 'three')
    say('confirm')
    says(world, bob, 'four')
    say(null)
    says(world, bob, 'five')
    say('block')
    says(world, bob, 'six')
    expect(told(alice)).toEqual([
      'active open',
      'active one',
      'active closed',
      'active two',
      'active three',
      'pending',
      'active four',
      'active five',
      'terminated;reason=rejected',
    ])
    expect(subscribe(alice, 'bob', { callId: 'again' }).statusCode).toBe(403)
  })

  it('the acknowledgement waits for the shards of the watchers', async () => {
    if (workers === 1) return
    const { world, alice, bob } = await people()
    subscribe(alice, 'bob')
    says(world, bob, 'before')
    const [watching, home] = [world.coreOf('alice').shard.worker, world.coreOf('bob').shard.worker]
    world.loses = ({ kind }) => kind === 'barrier'
    const reply = world.askPolicy(null, { act: 'put-rule', rule: rule('research', 'trading', 'forbid') })
    expect(reply()).toBeNull()
    world.advance(2_000)
    expect([watching === home, reply()]).toMatchObject([false, { ok: true, unconfirmed: [home] }])
  })
})
