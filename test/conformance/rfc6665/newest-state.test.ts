/**
 * RFC 6665 §4.2.2 and P3 between shards: what is told of a presentity is never taken for older than what was told
 * before, and no verdict overtakes another that waits for the store.
 */
import { expect, it } from 'vitest'
import { shardOf } from '../../../src/ports/sharding.ts'
import { listBody, readsLists, saidNext, subscribeTo } from '../../support/list-watching.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace']
const presentity = 'bob'
const shard = shardOf(aorOf(presentity), 3)
/** Of another shard than the presentity. */
const watcher = names.find((name) => shardOf(aorOf(name), 3) !== shard)!

it('versions go on where they were when the last watcher has left and comes again', async () => {
  const world = await ServerWorld.start({ workers: 3, users: names })
  const numbers: number[] = []
  world.loses = (message) => {
    const verdicts = message.kind === 'verdicts' ? message.verdicts : []
    for (const { state } of verdicts) if (state) numbers.push(state.version.number)
    if (message.kind === 'state') numbers.push(message.version.number)
    return false
  }
  const alice = new WireClient(world, watcher)
  alice.register()
  const bob = new WireClient(world, presentity)
  for (const callId of ['one', 'two', 'three']) {
    const made = subscribe(alice, presentity, { callId })
    bob.register()
    world.advance(1_000)
    bob.register(0)
    world.advance(1_000)
    refresh(alice, made, { expires: 0, callId })
  }
  expect(numbers).toHaveLength(9)
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
})

it('P3: a rule of the organisation does not overtake what a watcher is allowed by a batch before', async () => {
  const world = await ServerWorld.start({ workers: 3, users: names.filter((name) => name !== watcher) })
  world.addUser(watcher, { groups: ['research'] })
  const [alice, bob] = [new WireClient(world, watcher), new WireClient(world, presentity)]
  alice.register()
  bob.register()
  world.disk.autoFlush = false
  const rule = { from: 'research', to: '*', see: 'forbid', message: null } as const
  const reply = world.askPolicy(null, { act: 'put-rule', rule })
  bob.send('PUBLISH', {
    uri: bob.aor,
    headers: [['Event', 'presence']],
    body: pidf(presentity, 'secret'),
    contentType: 'application/pidf+xml',
  })
  alice.send('SUBSCRIBE', {
    uri: 'sip:example.test',
    headers: [
      ['Event', 'presence'],
      ['Contact', `<${alice.contact}>`],
      ['Require', 'recipient-list-subscribe'],
      ['Content-Disposition', 'recipient-list'],
      ...readsLists,
    ],
    body: listBody(aorOf(presentity)),
    contentType: 'application/resource-lists+xml',
  })
  expect(world.disk.flush(1)).toBe(1)
  world.settle()
  world.disk.autoFlush = true
  world.settle()
  world.advance(5_000)
  expect(reply()).toMatchObject({ ok: true, unconfirmed: [] })
  const said = saidNext(alice)
  expect(said.at(-1)).toContain('bob: terminated rejected')
})

it('P3: a change that finds nothing left to tell is acknowledged no earlier than the one that told it', async () => {
  const world = await ServerWorld.start({ workers: 3, users: names.filter((name) => name !== watcher) })
  world.addUser(watcher, { groups: ['research'] })
  const alice = new WireClient(world, watcher)
  alice.register()
  subscribe(alice, presentity)
  world.loses = ({ kind }) => kind === 'verdicts' || kind === 'barrier'
  const rule = { from: 'research', to: '*', see: 'forbid', message: null } as const
  const first = world.askPolicy(null, { act: 'put-rule', rule })
  const second = world.askPolicy(presentity, { act: 'set-user-rule', rule: 'block', watchers: [aorOf(watcher)] })
  expect([first(), second()]).toEqual([null, null])
  world.advance(2_500)
  expect(first()).toMatchObject({ ok: true, unconfirmed: [shard] })
  expect(second()).toMatchObject({ ok: true, unconfirmed: [shard] })
  world.loses = () => false
  expect(world.policy(presentity, { act: 'set-user-rule', rule: 'confirm', watchers: [aorOf(watcher)] })).toMatchObject(
    {
      ok: true,
      unconfirmed: [],
    },
  )
})

it('a removal of a user that the store did not take is not what watchers are told', async () => {
  const world = await ServerWorld.start({ workers: 3, users: names })
  const alice = new WireClient(world, watcher)
  alice.register()
  const bob = new WireClient(world, presentity)
  bob.register()
  subscribeTo(alice, listBody(aorOf(presentity)))
  world.advance(1_000)
  world.disk.failNext('failed')
  expect(world.admin(presentity, { act: 'remove' })).toMatchObject({ ok: false })
  // Read again.
  await new Promise(setImmediate)
  world.advance(5_000)
  const again = new WireClient(world, presentity)
  again.register()
  publish(again, pidf(presentity, 'still there'))
  world.advance(5_000)
  expect(saidNext(alice).at(-1)).toContain('bob: active still there')
})
