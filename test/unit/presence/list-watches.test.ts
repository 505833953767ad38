/**
 * RFC 4662 §4 between shards: the watches of a list travel as one message for each shard, in slices where it is long,
 * and what one contact has to wait for, or fails by, the others neither wait for nor fail by.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { BusMessage } from '../../../src/ports/bus.ts'
import { watchesInMessageMax } from '../../../src/ports/presence-bus.ts'
import { shardOf } from '../../../src/ports/sharding.ts'
import { PresenceService } from '../../../src/presence/index.ts'
import { listBody, readsLists, saidNext, subscribeTo } from '../../support/list-watching.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const workers = 3
const contacts = Array.from({ length: 30 }, (_, index) => `user${index}`)
const shardsOf = (names: readonly string[]) => new Set(names.map((name) => shardOf(aorOf(name), workers)))

let world: ServerWorld
let alice: WireClient
/** Watches and verdicts as they leave: how many pairs each message holds. */
let said: { readonly kind: string; readonly count: number; readonly isWanted?: boolean }[]

function hear(message: BusMessage): boolean {
  if (message.kind === 'verdicts') said.push({ kind: message.kind, count: message.verdicts.length })
  if (message.kind === 'watches') {
    said.push({ kind: message.kind, count: message.entries.length, isWanted: message.isWanted })
  }
  return false
}

function counts(kind: string, isWanted?: boolean): number[] {
  return said.filter((each) => each.kind === kind && each.isWanted === isWanted).map(({ count }) => count)
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
const subscribe = (names: readonly string[]) => subscribeTo(alice, listBody(...names.map(aorOf)))

/** Where the answer takes its time. */
function ask(names: readonly string[]): string {
  return alice.send('SUBSCRIBE', {
    uri: 'sip:example.test',
    callId: 'contained',
    headers: [
      ['Event', 'presence'],
      ['Contact', `<${alice.contact}>`],
      ['Require', 'recipient-list-subscribe'],
      ['Content-Disposition', 'recipient-list'],
      ...readsLists,
    ],
    body: listBody(...names.map(aorOf)),
    contentType: 'application/resource-lists+xml',
  })
}

/** Whom the shards have as watched by Alice. */
function watched(): string[] {
  const services = world.cores.flatMap(({ services: { all } }) => all.filter((each) => each instanceof PresenceService))
  return services.flatMap((service) => service.holdings().watchers).sort()
}

const watchedBy = (names: readonly string[]) => names.map((name) => `${aorOf('alice')} ${aorOf(name)}`).sort()

beforeEach(async () => {
  said = []
  world = await ServerWorld.start({ workers, users: ['alice', ...contacts] })
  world.loses = hear
  alice = new WireClient(world, 'alice')
  alice.register()
})

describe('RFC 4662 §4: the watches of a list', () => {
  it('take one message and one answer for each shard, and one more when the list is left', () => {
    const answer = subscribe(contacts)
    expect(answer.statusCode).toBe(200)
    expect(shardsOf(contacts).size).toBe(workers)
    expect([counts('watches', true).length, sum(counts('watches', true))]).toEqual([workers, contacts.length])
    expect([counts('verdicts').length, sum(counts('verdicts'))]).toEqual([workers, contacts.length])
    expect(watched()).toEqual(watchedBy(contacts))
    refresh(alice, answer, { expires: 0, callId: 'contained' })
    world.advance(1_000)
    expect([counts('watches', false).length, sum(counts('watches', false))]).toEqual([workers, contacts.length])
    expect(watched()).toEqual([])
  })

  it('that is long goes in slices', async () => {
    const many = Array.from({ length: 4 * watchesInMessageMax }, (_, index) => `nobody${index}`)
    expect(subscribe(many).statusCode).toBe(200)
    expect(sum(counts('watches', true))).toBe(many.length)
    expect(Math.max(...counts('watches', true))).toBe(watchesInMessageMax)
  })

  it('are named in one message again when a shard has lost its memory', async () => {
    subscribe(contacts)
    said = []
    const lost = [0, 1, 2].find((worker) => worker !== shardOf(aorOf('alice'), workers))!
    world.killWorker(lost)
    await world.restartWorker(lost)
    const theirs = contacts.filter((name) => shardOf(aorOf(name), workers) === lost)
    expect(counts('watches', true)).toEqual([theirs.length])
    expect(watched()).toEqual(watchedBy(contacts))
  })

  it('P1: only who waits for the store is told later', () => {
    const bob = new WireClient(world, contacts[0]!)
    bob.register()
    world.disk.autoFlush = false
    bob.send('PUBLISH', {
      uri: bob.aor,
      headers: [['Event', 'presence']],
      body: pidf(contacts[0]!, 'not kept yet'),
      contentType: 'application/pidf+xml',
    })
    const branch = ask(contacts)
    expect(sum(counts('verdicts'))).toBe(contacts.length - 1)
    world.disk.autoFlush = true
    world.disk.flush(10)
    world.settle()
    expect(sum(counts('verdicts'))).toBe(contacts.length)
    world.advance(1_000)
    expect(alice.final(branch).statusCode).toBe(200)
    expect(saidNext(alice)[0]).toContain(`${contacts[0]}: active not kept yet`)
  })

  it('P4: one contact that makes our code fail takes no other with it', () => {
    const bad = contacts[0]!
    const { accounts } = world.coreOf(bad).services
    const find = accounts.find.bind(accounts)
    const spy = vi.spyOn(accounts, 'find').mockImplementation((aor) => {
      if (aor === aorOf(bad)) throw new Error('planted')
      return find(aor)
    })
    ask(contacts)
    world.advance(2_000)
    expect(watched()).toEqual(watchedBy(contacts.slice(1)))
    expect(world.logged('shard.unit-failed')).toBe(1)
    const [first] = saidNext(alice)
    expect(first).toContain(`${bad}: ?`)
    expect(first?.match(/active/g)).toHaveLength(contacts.length - 1)
    spy.mockRestore()
  })

  it('P1: whose shard reads them again are answered after that, the others at once', async () => {
    const bad = contacts[0]!
    const bob = new WireClient(world, bad)
    bob.register()
    world.disk.failNext('failed')
    bob.send('PUBLISH', {
      uri: bob.aor,
      headers: [['Event', 'presence']],
      body: pidf(bad, 'lost'),
      contentType: 'application/pidf+xml',
    })
    ask(contacts)
    expect(watched()).toEqual(watchedBy(contacts.slice(1)))
    await new Promise(setImmediate)
    world.settle()
    expect(watched()).toEqual(watchedBy(contacts))
    world.advance(1_000)
    publish(bob, pidf(bad, 'kept'))
    world.advance(1_000)
    expect(saidNext(alice).at(-1)).toContain(`${bad}: active kept`)
  })
})
