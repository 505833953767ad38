/**
 * P3 while a user's records are read again, after a batch that failed: nobody is judged by what is not known then, or
 * told of it, no watcher loses a subscription by it, and what is acknowledged holds.
 */
import { describe, expect, it } from 'vitest'
import type { BusMessage } from '../../src/ports/bus.ts'
import type { GroupRule, SeeRule } from '../../src/ports/records/policy.ts'
import { aorOf, ServerWorld } from '../support/server-world.ts'
import { pidf, publish, subscribe, told } from '../support/watching.ts'
import { WireClient } from '../support/wire-client.ts'

function rule(from: string, to: string, see: SeeRule): GroupRule {
  return { from, to, see, message: null }
}

function publishing(who: WireClient, note: string): string {
  const headers = [['Event', 'presence']] as const
  return who.send('PUBLISH', { uri: who.aor, headers, body: pidf(who.name, note), contentType: 'application/pidf+xml' })
}

/** His records are read from now on: that waits behind a batch of somebody else, until `readOn`. */
function beginReading(world: ServerWorld, who: WireClient, other: WireClient): void {
  world.disk.autoFlush = false
  const branch = publishing(who, 'lost')
  publishing(other, 'late')
  world.disk.failNext('failed')
  world.disk.flush(1)
  world.settle()
  expect(who.final(branch).statusCode).toBe(503)
}

async function readOn(world: ServerWorld): Promise<void> {
  world.disk.autoFlush = true
  for (let turn = 0; turn < 3; turn++) {
    world.settle()
    await new Promise(setImmediate)
  }
  world.settle()
  world.advance(1_000)
}

/** What `act` makes the workers say of this kind is on its way until `comes`. */
function held<T>(world: ServerWorld, kind: BusMessage['kind'], act: () => T): { asked: T; comes: () => void } {
  const messages: [BusMessage, number][] = []
  world.loses = (message, to) => message.kind === kind && messages.push([message, to]) > 0
  const asked = act()
  world.loses = () => false
  const comes = (): void => {
    for (const [message, to] of messages) world.cores[to]!.shard.receive(message)
    world.settle()
  }
  return { asked, comes }
}

async function clients(workers: number) {
  const world = await ServerWorld.start({ workers, users: ['carol'] })
  world.addUser('alice', { groups: ['research'] })
  world.addUser('bob', { groups: ['trading'] })
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => new WireClient(world, name)) as [
    WireClient,
    WireClient,
    WireClient,
  ]
  for (const client of [alice, bob, carol]) client.register()
  const says = (who: WireClient, note: string): void => {
    world.advance(1_000)
    expect(publish(who, pidf(who.name, note)).statusCode).toBe(200)
    world.advance(1_000)
  }
  return { world, alice, bob, carol, says }
}

describe.each([1, 3])('policy while records are read again, with %i workers', (workers) => {
  it('a change of the organisation’s default is followed, and acknowledged, behind the reading', async () => {
    const { world, alice, bob, carol, says } = await clients(workers)
    subscribe(alice, 'bob')
    says(bob, 'before')
    const { asked: reply, comes } = held(world, 'policy-change', () => {
      return world.askPolicy(null, { act: 'set-default', default: 'prompt' })
    })
    beginReading(world, bob, carol)
    comes()
    expect(reply()).toBeNull()
    await readOn(world)
    expect(reply()).toMatchObject({ ok: true, unconfirmed: [] })
    says(bob, 'after')
    expect(told(alice)).toEqual(['active open', 'active before', 'pending'])
  })

  it('a rule that forbids ends what it means, and says so', async () => {
    const { world, alice, bob, carol, says } = await clients(workers)
    for (const watcher of [alice, carol]) subscribe(watcher, 'bob')
    says(bob, 'before')
    const { comes } = held(world, 'policy-change', () => {
      world.askPolicy(null, { act: 'put-rule', rule: rule('research', 'trading', 'forbid') })
    })
    beginReading(world, bob, carol)
    comes()
    await readOn(world)
    says(bob, 'after')
    expect(told(alice)).toEqual(['active open', 'active before', 'terminated;reason=rejected'])
    expect(told(carol)).toEqual(['active open', 'active before', 'active after'])
  })

  it('a watcher whose groups change meanwhile keeps what he may see', async () => {
    const { world, alice, bob, carol, says } = await clients(workers)
    subscribe(alice, 'bob')
    says(bob, 'before')
    const { comes } = held(world, 'groups-change', () => {
      world.askAdmin('alice', { act: 'change-groups', add: ['sales'], remove: [] })
    })
    beginReading(world, bob, carol)
    comes()
    await readOn(world)
    says(bob, 'after')
    expect(told(alice)).toEqual(['active open', 'active before', 'active after'])
  })

  it('a watcher whose own records are read is not named without his groups', async () => {
    const { world, alice, bob, carol, says } = await clients(workers)
    for (const each of [rule('*', '*', 'forbid'), rule('research', 'trading', 'allow')]) {
      expect(world.policy(null, { act: 'put-rule', rule: each })).toMatchObject({ ok: true })
    }
    subscribe(alice, 'bob', { expires: 3_600 })
    says(bob, 'before')
    beginReading(world, alice, carol)
    // Both ends compare what they have, and name it.
    world.advance(601_000)
    await readOn(world)
    says(bob, 'after')
    // She is told all again, since what was under way may be lost.
    expect(told(alice)).toEqual(['active open', 'active before', 'active before', 'active after'])
  })

  it('who waits for leave goes on waiting', async () => {
    const { world, alice, bob, carol } = await clients(workers)
    world.policy('bob', { act: 'set-user-rule', rule: 'confirm', watchers: [aorOf('alice')] })
    subscribe(bob, 'bob', { event: 'presence.winfo', callId: 'winfo' })
    subscribe(alice, 'bob', { expires: 60 })
    world.advance(70_000)
    bob.inbox.splice(0)
    const { comes } = held(world, 'policy-change', () => {
      world.askPolicy(null, { act: 'set-default', default: 'closed' })
    })
    beginReading(world, bob, carol)
    comes()
    await readOn(world)
    world.policy('bob', { act: 'set-user-rule', rule: 'allow', watchers: [aorOf('alice')] })
    world.advance(1_000)
    const bodies = bob.requests('NOTIFY').map(({ body }) => body.toString())
    expect(bodies.filter((text) => text.includes('noresource'))).toEqual([])
    expect(bodies.filter((text) => text.includes('event="approved"')).length).toBe(1)
  })

  it('nobody is told meanwhile that somebody is gone', async () => {
    const { world, alice, bob, carol, says } = await clients(workers)
    const phone = new WireClient(world, 'bob')
    phone.register()
    says(bob, 'at the desk')
    subscribe(alice, 'bob')
    world.advance(1_000)
    phone.close('transport.reset')
    beginReading(world, bob, carol)
    // That the phone has gone for good is noticed now.
    world.advance(20_000)
    await readOn(world)
    says(bob, 'still here')
    expect(told(alice)).toEqual(['active at the desk', 'active still here'])
  })
})

it.each([
  ['reg', true, /state="init"/],
  ['message-summary', false, /Messages-Waiting: no/],
] as const)('nothing is repeated of %s meanwhile that is not known', async (event, isRegistered, wrong) => {
  const world = await ServerWorld.start({ users: ['alice', 'bob'] })
  const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
  bob.register()
  expect(bob.message('alice', 'waits').statusCode).toBe(202)
  if (isRegistered) alice.register()
  const headers = [
    ['Event', `${event};min-rate=0.1`],
    ['Contact', `<${alice.contact}>`],
  ] as const
  expect(alice.authenticated('SUBSCRIBE', { uri: alice.aor, callId: event, headers }).statusCode).toBe(200)
  world.advance(1_000)
  alice.inbox.splice(0)
  beginReading(world, alice, bob)
  world.advance(20_000)
  await readOn(world)
  world.advance(10_000)
  const bodies = alice.requests('NOTIFY').map(({ body }) => body.toString())
  expect([bodies.length > 0, bodies.filter((text) => wrong.test(text))]).toEqual([true, []])
})

it('a watch that waits for a reading takes back nothing of what its shard has named meanwhile', async () => {
  const { world, alice, bob, carol } = await clients(1)
  beginReading(world, bob, carol)
  const headers = [
    ['Event', 'presence'],
    ['Contact', `<${alice.contact}>`],
  ] as const
  const [waits, second] = [bob, carol].map(({ name, aor }) => {
    return alice.send('SUBSCRIBE', { uri: aor, callId: name, headers })
  }) as [string, string]
  expect([alice.hasFinal(waits), alice.hasFinal(second)]).toEqual([false, false])
  await readOn(world)
  expect([waits, second].map((branch) => alice.final(branch).statusCode)).toEqual([200, 200])
  alice.inbox.splice(0)
  const act = { act: 'set-user-rule', rule: 'block', watchers: [aorOf('alice')] } as const
  expect(world.policy('carol', act)).toMatchObject({ ok: true, unconfirmed: [] })
  publish(carol, pidf('carol', 'unseen'))
  world.advance(10_000)
  expect(told(alice)).toEqual(['terminated;reason=rejected'])
})
