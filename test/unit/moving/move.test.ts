/**
 * A user gets another home while he is on line (promises P1, P2 and P6): nothing is lost, doubled or out of order, and
 * whoever watches or writes to him notices nothing.
 */
import { describe, expect, it } from 'vitest'
import { keyParts } from '../../../src/ports/records/keys.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import {
  devicesAt,
  homesOf,
  keepsAnything,
  moved,
  movesCounted,
  recordsOf,
  replyOf,
  signIn,
  startMoveWorld,
} from '../../support/move-world.ts'
import { aorOf } from '../../support/server-world.ts'
import type { TopologyWorld } from '../../support/topology-world.ts'
import { pidf, publish, subscribe, told } from '../../support/watching.ts'
import type { WireClient } from '../../support/wire-client.ts'
import { bodiesOf, write } from '../../support/writing.ts'

describe('a user who is moved', () => {
  it('is at the new home with account, password and devices on line, and no longer at the old one', async () => {
    const world = await startMoveWorld()
    const alice = signIn(world, 'front.test', 'alice')
    const reply = await moved(world, 'one.test', 'alice', 'two.test')
    expect(reply).toMatchObject({ ok: true, from: 'one.test', to: 'two.test', epoch: 2 })
    expect(devicesAt(world.server('two.test'), 'alice')).toMatchObject([{ online: true }])
    expect(homesOf(world, 'alice')).toEqual(['two.test'])
    expect(keepsAnything(world.server('one.test'), 'alice')).toBe(false)
    expect([movesCounted(world, 'one.test'), movesCounted(world, 'two.test')]).toEqual([{ left: 1 }, { arrived: 1 }])
    expect(world.server('one.test').metric('meridian_user_move_frozen_seconds')?.value).toBeLessThan(2)
    const bob = signIn(world, 'front.test', 'bob')
    expect(write(bob, 'alice', 'hello')).toBe(200)
    expect(bodiesOf(alice)).toEqual(['hello'])
    expect(alice.message('bob', 'and back').statusCode).toBe(200)
    expect(alice.register().statusCode).toBe(200)
  })

  it('is known by his other names, and they by nobody else', async () => {
    const world = await startMoveWorld()
    world.server('one.test').addUser('erin', { aliases: ['erin.w', 'ew'] })
    const erin = signIn(world, 'front.test', 'erin')
    const bob = signIn(world, 'front.test', 'bob')
    expect(write(bob, 'ew', 'before')).toBe(200)
    expect(await moved(world, 'one.test', 'erin.w', 'three.test')).toMatchObject({ ok: true })
    for (const name of ['erin', 'erin.w', 'ew']) expect(write(bob, name, name)).toBe(200)
    expect(bodiesOf(erin)).toEqual(['before', 'erin', 'erin.w', 'ew'])
    const taken = world.server('one.test').addUser('erin')
    expect(taken).toMatchObject({ ok: false, error: 'exists', message: expect.stringContaining('three.test') })
  })

  it('takes along what waits for him, also over a restart of both homes (P1)', async () => {
    const world = await startMoveWorld()
    const bob = signIn(world, 'front.test', 'bob')
    for (const body of ['first', 'second']) expect(write(bob, 'alice', body)).toBe(202)
    expect(await moved(world, 'one.test', 'alice', 'three.test')).toMatchObject({ ok: true })
    await world.restartNow('three.test')
    await world.restartNow('one.test')
    await world.settleReads()
    const alice = signIn(world, 'front.test', 'alice')
    world.advance(100)
    expect(bodiesOf(alice)).toEqual(['first', 'second'])
    expect(write(bob, 'alice', 'third')).toBe(200)
  })

  it('has every record at the new home as it was at the old one, secrets under another seal', async () => {
    const world = await startMoveWorld()
    const one = world.server('one.test')
    const alice = signIn(world, 'front.test', 'alice')
    const phone = signIn(world, 'front.test', 'alice')
    phone.close()
    const bob = signIn(world, 'front.test', 'bob')
    expect(write(bob, 'alice', 'for the other device')).toBe(200)
    publish(alice, pidf('alice', 'here'))
    subscribe(alice, 'bob')
    const says = { status: null, activity: 'vacation', note: null }
    one.presence('alice', { act: 'set', by: 'calendar', says, fromMs: null, untilMs: null })
    one.policy('alice', { act: 'set-user-rule', rule: 'polite-block', watchers: [aorOf('carol')] })
    await world.settleReads()
    const before = recordsOf(one, 'alice')
    expect(await moved(world, 'one.test', 'alice', 'two.test')).toMatchObject({ ok: true })
    const after = recordsOf(world.server('two.test'), 'alice')
    expect([...after.keys()]).toEqual([...before.keys()])
    const changed = [...before.keys()].filter((key) => !Buffer.from(before.get(key)!).equals(after.get(key)!))
    expect(changed.map((key) => keyParts(key).kind)).toEqual(['credential'])
    const kinds = new Set([...before.keys()].map((key) => keyParts(key).kind))
    expect([...kinds].sort()).toEqual([
      'account',
      'binding',
      'credential',
      'device',
      'document',
      'hard-state',
      'mailbox-message',
      'operation',
      'publication',
      'queue',
      'subscription',
    ])
  })

  it('can go on to a third home, and back to the first', async () => {
    const world = await startMoveWorld()
    const alice = signIn(world, 'front.test', 'alice')
    const bob = signIn(world, 'front.test', 'bob')
    const way = ['two.test', 'three.test', 'one.test', 'two.test']
    for (const [index, to] of way.entries()) {
      // Asked of whichever home: it finds the one that has him.
      expect(await moved(world, 'three.test', 'alice', to)).toMatchObject({ ok: true, to, epoch: index + 2 })
      expect(homesOf(world, 'alice')).toEqual([to])
      expect(write(bob, 'alice', to)).toBe(200)
    }
    expect(bodiesOf(alice)).toEqual(way)
  })
})

describe('a client at the old home itself', () => {
  it('is sent to the new home, and reached until it has gone there', async () => {
    const world = await startMoveWorld()
    const alice = signIn(world, 'one.test', 'alice')
    expect(await moved(world, 'one.test', 'alice', 'two.test')).toMatchObject({ ok: true })
    const answer = alice.register()
    expect([answer.statusCode, answer.first(HeaderId.contact)]).toEqual([302, '<sip:two.test;transport=tls>'])
    const bob = signIn(world, 'front.test', 'bob')
    expect(write(bob, 'alice', 'still reached')).toBe(200)
    expect(signIn(world, 'two.test', 'alice').closedBy).toBe(null)
  })
})

describe('a stream of messages during a move', () => {
  it('arrives once each and in order, from users of the old home, of the new one and of another', async () => {
    const world = await startMoveWorld()
    const alice = signIn(world, 'front.test', 'alice')
    const senders = ['bob', 'carol', 'dave'].map((name) => signIn(world, 'front.test', name))
    // Their homes and hers have been found.
    for (const sender of senders) write(sender, 'alice', 'first')
    const reply = world.server('one.test').askMove('alice', { act: 'move', to: 'two.test' })
    const sent: string[] = []
    for (let round = 0; round < 60; round++) {
      const body = `message ${round}`
      sent.push(body)
      for (const sender of senders) sender.send('MESSAGE', { uri: 'sip:alice@example.test', body })
      await world.advanceReading(round % 7, 1)
    }
    expect(await replyOf(world, reply)).toMatchObject({ ok: true })
    await world.advanceReading(6_000, 100)
    for (const name of ['bob', 'carol', 'dave']) {
      const got = alice.requests('MESSAGE').filter(({ from }) => from?.uri === `sip:${name}@example.test`)
      expect(got.map(({ body }) => String(body))).toEqual(['first', ...sent])
    }
    expect(homesOf(world, 'alice')).toEqual(['two.test'])
  })

  it('keeps its order where what the old home sends back comes later than the word of the move', async () => {
    const world = await startMoveWorld()
    const alice = signIn(world, 'front.test', 'alice')
    const dave = signIn(world, 'front.test', 'dave')
    write(dave, 'alice', 'first')
    const send = (body: string) => dave.send('MESSAGE', { uri: 'sip:alice@example.test', body })
    const bodies = Array.from({ length: 20 }, (_, index) => `message ${index}`)
    world.holds = (message) => message.kind === 'move-answer' && message.answer.says === 'flushed'
    const reply = world.server('one.test').askMove('alice', { act: 'move', to: 'two.test' })
    for (const [index, body] of bodies.entries()) {
      send(body)
      await world.advanceReading(1, 1)
      // Until here they have waited at the old home.
      if (index === 9) world.release(({ kind }) => kind === 'wrong-home')
    }
    expect(await replyOf(world, reply)).toMatchObject({ ok: true })
    // At most what came before he was frozen.
    expect(bodiesOf(alice).length).toBeLessThan(4)
    world.release()
    await world.advanceReading(3_000, 100)
    expect(bodiesOf(alice)).toEqual(['first', ...bodies])
  })

  it('comes by a front end that has not heard of the move', async () => {
    const world = await startMoveWorld()
    const [alice, bob] = [signIn(world, 'front.test', 'alice'), signIn(world, 'two.test', 'bob')]
    world.holds = ({ kind }, _, to) => kind === 'look-again' && to === 'front.test'
    expect(await moved(world, 'one.test', 'alice', 'two.test')).toMatchObject({ ok: true })
    expect([write(bob, 'alice', 'first'), write(bob, 'alice', 'second')]).toEqual([200, 200])
    expect(bodiesOf(alice)).toEqual(['first', 'second'])
  })

  it('waits behind one that a device has not answered; if that takes too long, the user stays', async () => {
    const world = await startMoveWorld()
    const alice = signIn(world, 'front.test', 'alice')
    const bob = signIn(world, 'front.test', 'bob')
    alice.answerWith = null
    bob.send('MESSAGE', { uri: 'sip:alice@example.test', body: 'held' })
    const reply = await moved(world, 'one.test', 'alice', 'two.test')
    expect(reply).toMatchObject({ ok: false, error: 'unavailable', message: expect.stringContaining('within 2 s') })
    expect(homesOf(world, 'alice')).toEqual(['one.test'])
    await world.advanceReading(100)
    expect(keepsAnything(world.server('two.test'), 'alice')).toBe(false)
  })
})

describe('presence of a moved user', () => {
  async function watched(): Promise<{ world: TopologyWorld; alice: WireClient; watchers: WireClient[] }> {
    const world = await startMoveWorld()
    const alice = signIn(world, 'front.test', 'alice')
    const watchers = ['bob', 'carol', 'dave'].map((name) => signIn(world, 'front.test', name))
    publish(alice, pidf('alice', 'here'))
    for (const watcher of watchers) subscribe(watcher, 'alice')
    world.advance(1_000)
    return { world, alice, watchers }
  }

  it('goes on for whoever watches, who notices nothing', async () => {
    const { world, alice, watchers } = await watched()
    expect(await moved(world, 'one.test', 'alice', 'two.test')).toMatchObject({ ok: true })
    await world.advanceReading(40_000, 500)
    for (const watcher of watchers) expect(told(watcher)).toEqual(['active here'])
    alice.register()
    publish(alice, pidf('alice', 'there'))
    await world.advanceReading(2_000, 500)
    for (const watcher of watchers) expect(told(watcher)).toEqual(['active here', 'active there'])
  })

  it('his own subscriptions end with deactivated within 30 s, and begin anew at the new home', async () => {
    const { world, alice } = await watched()
    const bob = signIn(world, 'front.test', 'bob')
    publish(bob, pidf('bob', 'busy'))
    subscribe(alice, 'bob')
    world.advance(1_000)
    expect(told(alice)).toEqual(['active busy'])
    expect(await moved(world, 'one.test', 'alice', 'three.test')).toMatchObject({ ok: true })
    await world.advanceReading(31_000, 500)
    expect(told(alice).at(-1)).toMatch(/^terminated/)
    const states = alice.requests('NOTIFY').map((request) => String(request.bytes))
    expect(states.at(-1)).toContain('reason=deactivated')
    alice.register()
    expect(subscribe(alice, 'bob', { callId: 'anew' }).statusCode).toBe(200)
  })
})
