/**
 * Moves that do not come about, and adoptions: each refusal says what is wrong and what to do, and the user stays where
 * he is; of two homes one is right, or neither serves (promises P2 and P6).
 */
import { describe, expect, it } from 'vitest'
import { DirectAccounts } from '../../../src/directory/index.ts'
import type { BusMessage } from '../../../src/ports/bus.ts'
import type { MoveReply } from '../../../src/ports/move-bus.ts'
import { keyParts } from '../../../src/ports/records/keys.ts'
import {
  asked,
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
import { aorOf, secretsOf } from '../../support/server-world.ts'
import { bodiesOf, write } from '../../support/writing.ts'

const newPassword = {
  act: 'adopt',
  displayName: 'Alice',
  secrets: secretsOf(aorOf('alice'), 'secret of alice'),
} as const
const asCopied = { act: 'adopt', displayName: '', secrets: null } as const

function refused(reply: MoveReply | null): string {
  return reply && !reply.ok ? `${reply.error}: ${reply.message}` : 'not refused'
}

describe('a move is refused', () => {
  it('to a server that is not there, is no home, is silent, or has the user already', async () => {
    const world = await startMoveWorld()
    const to = async (server: string) => refused(await moved(world, 'one.test', 'alice', server))
    expect(await to('four.test')).toBe('invalid: four.test is no server of the topology: `meridian topology show`')
    expect(await to('front.test')).toBe('invalid: front.test is a front end, which holds no users')
    expect(await to('one.test')).toBe('conflict: one.test is the home of sip:alice@example.test already')
    world.kill('two.test')
    expect(await to('two.test')).toBe('unavailable: there is no link to two.test; sip:alice@example.test stays')
    expect(homesOf(world, 'alice')).toEqual(['one.test'])
    expect(movesCounted(world, 'one.test')).toEqual({ refused: 4 })
  })

  it('of somebody who is nobody', async () => {
    const world = await startMoveWorld()
    expect(refused(await moved(world, 'three.test', 'nobody', 'one.test'))).toMatch(/^not-found: sip:nobody@/)
  })

  it('where the new home has somebody by one of his names', async () => {
    const world = await startMoveWorld()
    world.server('one.test').addUser('erin', { aliases: ['bob'] })
    expect(refused(await moved(world, 'one.test', 'erin', 'two.test'))).toContain('it has a user sip:bob@example.test')
    await world.settleReads()
    expect(keepsAnything(world.server('two.test'), 'erin')).toBe(false)
    expect(movesCounted(world, 'one.test')).toEqual({ stayed: 1 })
  })

  it('and is no longer when what was wrong is mended, from whatever home he is offered then', async () => {
    const world = await startMoveWorld()
    world.server('one.test').addUser('erin', { aliases: ['bob'] })
    expect(refused(await moved(world, 'one.test', 'erin', 'two.test'))).toContain('it has a user sip:bob@example.test')
    expect(await moved(world, 'one.test', 'erin', 'three.test')).toMatchObject({ ok: true })
    expect(world.server('two.test').admin('bob', { act: 'remove' })).toMatchObject({ ok: true })
    expect(await moved(world, 'three.test', 'erin', 'two.test')).toMatchObject({ ok: true, to: 'two.test' })
  })

  it('that a lost link has ended, and then from whatever home he is offered', async () => {
    const world = await startMoveWorld()
    world.holds = (message) => message.kind === 'move-step' && message.step.step === 'flush'
    const first = world.server('one.test').askMove('alice', { act: 'move', to: 'two.test' })
    await world.advanceReading(50)
    world.cut('one.test', 'two.test')
    expect(refused(await replyOf(world, first))).toContain('the link to two.test was lost')
    world.holds = () => false
    world.join('one.test', 'two.test')
    expect(await moved(world, 'one.test', 'alice', 'three.test')).toMatchObject({ ok: true })
    expect(await moved(world, 'three.test', 'alice', 'two.test')).toMatchObject({ ok: true, to: 'two.test' })
  })

  it('of nobody else to his name, which stays taken at the old home, without a server too', async () => {
    const world = await startMoveWorld()
    expect(await moved(world, 'one.test', 'alice', 'two.test')).toMatchObject({ ok: true })
    const { secrets } = newPassword
    const add = { act: 'add', displayName: '', aliases: [], groups: [], secrets, disabled: false } as const
    const stopped = world.server('one.test').disk.attach(9, 1)
    const box = { seal: (plain: Uint8Array) => plain, open: () => null }
    const direct = new DirectAccounts({ store: stopped, box, now: () => 1 })
    const taken = { ok: false, error: 'exists', message: 'the home of sip:alice@example.test is two.test now' }
    expect(await direct.act(aorOf('alice'), add)).toEqual(taken)
    expect(world.server('one.test').admin('alice', add)).toEqual(taken)
  })

  it('while another administrator moves him; one of the two is done', async () => {
    const world = await startMoveWorld()
    const first = world.server('one.test').askMove('alice', { act: 'move', to: 'two.test' })
    const second = world.server('three.test').askMove('alice', { act: 'move', to: 'three.test' })
    const replies = [await replyOf(world, first), await replyOf(world, second)]
    expect(replies[0]).toMatchObject({ ok: true, to: 'two.test' })
    expect(refused(replies[1]!)).toBe('conflict: sip:alice@example.test is being moved to two.test already')
    expect(homesOf(world, 'alice')).toEqual(['two.test'])
  })

  it('by a store that does not take it: of the new home, and at the commit of the old one', async () => {
    const world = await startMoveWorld()
    const alice = signIn(world, 'front.test', 'alice')
    world.server('two.test').disk.failNext('refused')
    expect(refused(await moved(world, 'one.test', 'alice', 'two.test'))).toContain('its store did not take the copy')
    world.server('one.test').disk.failNext('refused')
    expect(refused(await moved(world, 'one.test', 'alice', 'two.test'))).toBe(
      'unavailable: the store did not take the move',
    )
    await world.advanceReading(5_000, 500)
    expect(homesOf(world, 'alice')).toEqual(['one.test'])
    expect(keepsAnything(world.server('two.test'), 'alice')).toBe(false)
    const bob = signIn(world, 'front.test', 'bob')
    expect(write(bob, 'alice', 'still here')).toBe(200)
    expect(bodiesOf(alice)).toEqual(['still here'])
    expect(await moved(world, 'one.test', 'alice', 'two.test')).toMatchObject({ ok: true })
  })
})

describe('a dead home', () => {
  it('is replaced by an administrator’s word, and serves the user no more when it comes back', async () => {
    const world = await startMoveWorld()
    const alice = signIn(world, 'front.test', 'alice')
    const bob = signIn(world, 'front.test', 'bob')
    expect(refused(await asked(world, 'two.test', 'alice', newPassword))).toContain(
      'is alive: use `meridian user move`',
    )
    world.kill('one.test')
    expect(refused(await asked(world, 'two.test', 'alice', asCopied))).toMatch(/^invalid: .* needs a password$/)
    expect(await asked(world, 'two.test', 'alice', newPassword)).toMatchObject({
      ok: true,
      to: 'two.test',
      epoch: 1001,
    })
    expect(alice.register().statusCode).toBe(200)
    expect(write(bob, 'alice', 'hello')).toBe(200)
    await world.restart('one.test')
    await world.advanceReading(4_000, 500)
    expect(homesOf(world, 'alice')).toEqual(['two.test'])
    expect(world.server('one.test').logged('move.yielded')).toBe(1)
    expect(write(bob, 'alice', 'again')).toBe(200)
    await world.restartNow('one.test')
    expect(homesOf(world, 'alice')).toEqual(['two.test'])
    expect(bodiesOf(alice)).toEqual(['hello', 'again'])
  })

  it('that died in the midst of a move leaves the copy, which an adoption takes', async () => {
    const world = await startMoveWorld()
    const bob = signIn(world, 'front.test', 'bob')
    expect(write(bob, 'alice', 'kept')).toBe(202)
    world.holds = (message, from) =>
      from === 'two.test' && message.kind === 'move-answer' && message.answer.says === 'flushed'
    world.server('one.test').askMove('alice', { act: 'move', to: 'two.test' })
    await world.advanceReading(50)
    world.kill('one.test')
    await world.advanceReading(6_000, 500)
    expect(homesOf(world, 'alice')).toEqual([])
    expect(await asked(world, 'two.test', 'alice', asCopied)).toMatchObject({ ok: true, epoch: 1002 })
    const alice = signIn(world, 'front.test', 'alice')
    world.advance(100)
    expect(bodiesOf(alice)).toEqual(['kept'])
  })

  it('that died before all was copied leaves nothing, neither for an adoption nor in the way of one', async () => {
    const world = await startMoveWorld()
    world.holds = (message) => message.kind === 'move-step' && message.step.step === 'flush'
    world.server('one.test').askMove('alice', { act: 'move', to: 'two.test' })
    await world.advanceReading(50)
    world.kill('one.test')
    expect(refused(await asked(world, 'two.test', 'alice', asCopied))).toMatch(/^invalid: .* needs a password$/)
    expect(await asked(world, 'two.test', 'alice', newPassword)).toMatchObject({ ok: true, epoch: 1001 })
    expect(homesOf(world, 'alice')).toEqual(['two.test'])
    expect(movesCounted(world, 'two.test')).toEqual({ refused: 1, adopted: 1 })
    world.holds = () => false
    await world.restart('one.test')
    await world.advanceReading(2_000, 500)
    expect(world.server('two.test').logged('move.arrival-dropped')).toBe(1)
    expect(homesOf(world, 'alice')).toEqual(['two.test'])
  })

  it('that died in the midst of a move does not keep a later home from moving him there', async () => {
    const world = await startMoveWorld()
    world.holds = (message, from) =>
      from === 'two.test' && message.kind === 'move-answer' && message.answer.says === 'flushed'
    world.server('one.test').askMove('alice', { act: 'move', to: 'two.test' })
    await world.advanceReading(50)
    world.kill('one.test')
    world.holds = () => false
    expect(await asked(world, 'three.test', 'alice', newPassword)).toMatchObject({ ok: true, epoch: 1001 })
    expect(await moved(world, 'three.test', 'alice', 'two.test')).toMatchObject({ ok: true, epoch: 1002 })
    expect(homesOf(world, 'alice')).toEqual(['two.test'])
    expect([...world.server('two.test').disk.durable.keys()].filter((key) => key.startsWith('!arrivals'))).toEqual([])
  })

  it('has nobody whom no home knows', async () => {
    const world = await startMoveWorld()
    expect(refused(await asked(world, 'two.test', 'nobody', newPassword))).toContain('use `meridian user add`')
    expect(refused(await asked(world, 'two.test', 'bob', newPassword))).toContain('is a user of this server already')
  })
})

describe('a new home that has lost its copy after the commit', () => {
  it('does not say that it has taken over, so that the old home keeps all; and says so once', async () => {
    const world = await startMoveWorld()
    const bob = signIn(world, 'front.test', 'bob')
    expect(write(bob, 'alice', 'kept')).toBe(202)
    // She has been there before: of that time it knows an older epoch.
    expect(await moved(world, 'one.test', 'alice', 'two.test')).toMatchObject({ ok: true, epoch: 2 })
    expect(await moved(world, 'two.test', 'alice', 'one.test')).toMatchObject({ ok: true, epoch: 3 })
    const isCommitted = (message: BusMessage) => message.kind === 'move-step' && message.step.step === 'committed'
    world.holds = isCommitted
    world.server('one.test').askMove('alice', { act: 'move', to: 'two.test' })
    await world.advanceReading(100)
    world.kill('two.test')
    const { disk } = world.deadServer('two.test')
    const lost = [...disk.durable.keys()].filter((key) => key.startsWith('!arrivals'))
    expect(lost.length).toBeGreaterThan(1)
    disk.attach(9, 1).commit(lost.map((key) => ({ key, value: null })))
    disk.flush()
    world.release()
    await world.restart('two.test')
    await world.advanceReading(5_000, 500)
    expect(world.server('two.test').logged('move.copy-lost')).toBe(1)
    expect(movesCounted(world, 'two.test').lost).toBe(1)
    const kinds = [...recordsOf(world.server('one.test'), 'alice').keys()].map((key) => keyParts(key).kind)
    expect(kinds).toEqual(expect.arrayContaining(['account', 'credential', 'mailbox-message']))
  })
})

describe('two homes with equal epochs', () => {
  it('both refuse and say so, until an administrator says which is right', async () => {
    const world = await startMoveWorld()
    world.cut('one.test', 'two.test')
    world.server('two.test').addUser('alice')
    world.join('one.test', 'two.test')
    // Whoever looks for her finds two, and both hear of it.
    const dave = signIn(world, 'front.test', 'dave')
    write(dave, 'alice', 'to whom?')
    await world.advanceReading(2_000, 500)
    for (const name of ['one.test', 'two.test']) expect(world.server(name).logged('move.two-homes')).toBe(1)
    expect(write(dave, 'alice', 'to whom?')).toBe(503)
    expect(write(signIn(world, 'one.test', 'carol'), 'alice', 'local')).toBe(503)
    expect(refused(await moved(world, 'one.test', 'alice', 'three.test'))).toContain('has two homes')
    expect(await asked(world, 'two.test', 'alice', asCopied)).toMatchObject({ ok: true, epoch: 1001 })
    await world.advanceReading(31_000, 1_000)
    expect(homesOf(world, 'alice')).toEqual(['two.test'])
    expect(write(dave, 'alice', 'to her')).toBe(202)
    expect(devicesAt(world.server('one.test'), 'alice')).toEqual([])
  })
})
