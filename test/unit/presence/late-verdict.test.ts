/**
 * Promise P3, nothing newer passes an acknowledged block: a verdict that was under way when its watch ended says
 * nothing of a later watch of the same pair, of which the presentity's shard may not have heard when it blocked the
 * watcher.
 */
import { expect, it } from 'vitest'
import type { BusMessage } from '../../../src/ports/bus.ts'
import { shardOf } from '../../../src/ports/sharding.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const workers = 3
const users = ['alice', ...Array.from({ length: 12 }, (_, index) => `user${index}`)]
const home = (name: string) => shardOf(aorOf(name), workers)
/** Somebody whose shard hears of every state, too; and somebody who lives elsewhere. */
const carol = users.find((name) => name !== 'alice' && home(name) === home('alice'))!
const bob = users.find((name) => home(name) !== home('alice'))!

/** Without an instance: her subscriptions end with her flow. */
function signIn(world: ServerWorld): WireClient {
  const alice = new WireClient(world, 'alice', { instance: null })
  alice.register()
  return alice
}

function ask(alice: WireClient, callId: string): void {
  alice.send('SUBSCRIBE', {
    uri: `sip:${bob}@example.test`,
    callId,
    headers: [
      ['Event', 'presence'],
      ['Contact', `<${alice.contact}>`],
    ],
  })
  alice.world.settle()
}

it.each(['block', 'allow'] as const)('P3: a late verdict is none for a watch that began since (%s)', async (rule) => {
  const world = await ServerWorld.start({ workers, users })
  const publisher = new WireClient(world, bob)
  publisher.register()
  const third = new WireClient(world, carol)
  third.register()
  subscribe(third, bob)
  const held: BusMessage[] = []
  const hold = (kind: 'verdicts' | 'watches') => {
    world.loses = (message) => {
      const isHeld =
        message.kind === kind && message.watcher === aorOf('alice') && !('isWanted' in message && !message.isWanted)
      if (isHeld) held.push(message)
      return isHeld
    }
  }
  hold('verdicts')
  const before = signIn(world)
  ask(before, 'before')
  before.close()
  world.settle()
  hold('watches')
  const after = signIn(world)
  ask(after, 'after')
  expect(held.map(({ kind }) => kind)).toEqual(['verdicts', 'watches'])
  const [verdicts, watches] = held
  const reply = world.policy(bob, { act: 'set-user-rule', rule, watchers: [aorOf('alice')] })
  expect(reply).toMatchObject({ ok: true, unconfirmed: [] })
  world.loses = () => false
  world.cores[home('alice')]!.receive(verdicts!)
  expect(publish(publisher, pidf(bob, 'newer')).statusCode).toBe(200)
  world.advance(1_000)
  expect(told(third).at(-1)).toBe('active newer')
  expect(told(after)).toEqual([])
  world.cores[home(bob)]!.receive(watches!)
  world.advance(1_000)
  expect(told(after)).toEqual(rule === 'allow' ? ['active newer'] : [])
})
