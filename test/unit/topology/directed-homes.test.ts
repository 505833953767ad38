/**
 * Whose home a user has, by a directory that main asks: one question for each address instead of one to every home, and
 * the homes' own word where the directory has none or is wrong (promises P1, P3: whoever moves stays reachable).
 */
import { describe, expect, it } from 'vitest'
import type { HomeAskMessage } from '../../../src/ports/directory-bus.ts'
import type { Home, Homing } from '../../../src/ports/topology.ts'
import { TimerWheel } from '../../../src/runtime/index.ts'
import { DirectedHomes } from '../../../src/topology/routing/directed-homes.ts'
import { counterMetrics } from '../../support/quiet-metrics.ts'
import { type AnswerHome, aorOf } from '../../support/server-world.ts'
import { TopologyWorld } from '../../support/topology-world.ts'
import { WireClient } from '../../support/wire-client.ts'
import { bodiesOf, write } from '../../support/writing.ts'

const bob = aorOf('bob')

function directed(atHomes: Home = 'nobody') {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs, systemMs: () => clock.nowMs }
  const timers = new TimerWheel(clock)
  const asked: { number: number; isAnew: boolean }[] = []
  const state = { isUp: true, askedHomes: 0, forgotten: 0 }
  const others: Homing = {
    find: (_, onHome) => {
      state.askedHomes++
      onHome(atHomes)
    },
    peek: () => null,
    forget: () => void state.forgotten++,
  }
  const metrics = counterMetrics()
  const askMain = (_: unknown, number: number, isAnew: boolean) => state.isUp && asked.push({ number, isAnew }) > 0
  const homes = new DirectedHomes(others, { clock, timers, metrics, askMain })
  const answer = (server: string | null, outcome: 'named' | 'unnamed' | 'unsure' = server ? 'named' : 'unnamed') => {
    const to = { worker: 0, incarnation: 1, half: 'routes', number: asked.at(-1)!.number } as const
    homes.onAnswer({ kind: 'home-answer', to, aor: bob, outcome, server })
  }
  const find = () => {
    const answers: Home[] = []
    homes.find(bob, (home) => answers.push(home))
    return answers
  }
  const advance = (ms: number) => {
    clock.nowMs += ms
    timers.advance(clock.nowMs)
  }
  return { homes, asked, state, metrics, answer, find, advance }
}

describe('a home that the directory names', () => {
  it('is asked for once, by all who want to know, and no home is asked', () => {
    const { asked, state, answer, find, advance } = directed()
    const [first, second] = [find(), find()]
    expect(asked).toHaveLength(1)
    answer('one')
    expect([first, second, find()]).toEqual([[{ server: 'one' }], [{ server: 'one' }], [{ server: 'one' }]])
    advance(299_000)
    find()
    expect(asked).toHaveLength(1)
    advance(2_000)
    find()
    expect([asked.length, state.askedHomes]).toEqual([2, 0])
  })

  it('is asked for again when the directory has changed, and is followed', () => {
    const { homes, asked, answer, find } = directed()
    find()
    answer('one')
    homes.changed([bob, aorOf('carol')])
    const found = find()
    expect(asked.map(({ isAnew }) => isAnew)).toEqual([false, false])
    answer('two')
    expect(found).toEqual([{ server: 'two' }])
  })

  it('stands, however old, while no catalog answers', () => {
    const { state, answer, find, advance } = directed()
    find()
    answer('one')
    advance(1_000_000)
    const found = find()
    answer(null, 'unsure')
    expect([found, state.askedHomes]).toEqual([[{ server: 'one' }], 0])
  })
})

describe('the homes are asked', () => {
  it('where the directory names none, and the directory again after half a minute', () => {
    const { asked, state, answer, find, advance } = directed({ server: 'three' })
    const found = find()
    answer(null)
    expect([found, find()]).toEqual([[{ server: 'three' }], [{ server: 'three' }]])
    expect([asked.length, state.askedHomes]).toEqual([1, 2])
    advance(31_000)
    find()
    expect(asked).toHaveLength(2)
  })

  it('where what the directory says was denied, until it says something else', () => {
    const { homes, asked, state, answer, find, advance } = directed({ server: 'two' })
    find()
    answer('one')
    homes.forget(bob)
    expect(state.forgotten).toBe(1)
    const found = find()
    expect(asked.at(-1)).toMatchObject({ isAnew: true })
    answer('one')
    expect([found, find()]).toEqual([[{ server: 'two' }], [{ server: 'two' }]])
    advance(31_000)
    const later = find()
    answer('two')
    expect([later, homes.peek(bob)]).toEqual([[{ server: 'two' }], { server: 'two' }])
  })

  it('where main cannot be asked, or does not answer in time', () => {
    const { state, metrics, find, advance } = directed({ server: 'two' })
    state.isUp = false
    expect(find()).toEqual([{ server: 'two' }])
    state.isUp = true
    const found = find()
    advance(4_900)
    expect(found).toEqual([])
    advance(200)
    expect(found).toEqual([{ server: 'two' }])
    expect(metrics.values.get('meridian_topology_directory_homes_total{outcome=unsure}')).toBe(1)
  })
})

const standard = {
  'front.test': { role: 'front-end', workers: 2 },
  'one.test': { role: 'home', users: ['alice', 'carol'], workers: 2 },
  'two.test': { role: 'home', users: ['bob'], workers: 3 },
  'three.test': { role: 'home' },
} as const

async function byDirectory(homes: Record<string, string>) {
  const asked: HomeAskMessage[] = []
  const answerHome: AnswerHome = (ask) => {
    asked.push(ask)
    const server = homes[ask.aor] ?? null
    return { outcome: server === null ? 'unnamed' : 'named', server }
  }
  const world = await TopologyWorld.start(standard, answerHome)
  return { world, asked, whose: () => world.crossed.filter(({ message }) => message.kind === 'whose').length }
}

describe('several servers with a directory (§9.3)', () => {
  it('find users by it, and ask no home', async () => {
    const homes = { [aorOf('alice')]: 'one.test', [bob]: 'two.test' }
    const { world, asked, whose } = await byDirectory(homes)
    const alice = new WireClient(world.server('front.test'), 'alice')
    const bobs = new WireClient(world.server('front.test'), 'bob')
    expect([alice.register().statusCode, bobs.register().statusCode]).toEqual([200, 200])
    expect(write(alice, 'bob', 'hello')).toBe(200)
    expect(bodiesOf(bobs)).toEqual(['hello'])
    expect(asked.length).toBeGreaterThan(0)
    expect(whose()).toBe(0)
  })

  it('a user whom the directory puts at the wrong home is found by asking the homes', async () => {
    const { world } = await byDirectory({ [bob]: 'three.test', [aorOf('alice')]: 'one.test' })
    const alice = new WireClient(world.server('front.test'), 'alice')
    const bobs = new WireClient(world.server('front.test'), 'bob')
    expect([alice.register().statusCode, bobs.register().statusCode]).toEqual([200, 200])
    expect(write(alice, 'bob', 'still here')).toBe(200)
  })

  it('an account that is in no directory is found by asking the homes, and a stranger is nobody', async () => {
    const { world, whose } = await byDirectory({ [aorOf('alice')]: 'one.test' })
    const alice = new WireClient(world.server('front.test'), 'alice')
    expect(alice.register().statusCode).toBe(200)
    expect(write(alice, 'carol', 'stored')).toBe(202)
    expect(write(alice, 'nobody', 'x')).toBe(404)
    expect(whose()).toBeGreaterThan(0)
  })
})

describe('before somebody of the directory becomes an account (§9.4)', () => {
  it('main is told which other home has him by its own word, whatever the directory says', async () => {
    const { world } = await byDirectory({ [bob]: 'one.test' })
    const one = world.server('one.test')
    expect(one.askOtherHomes('bob')).toEqual({ outcome: 'named', server: 'two.test' })
    expect(one.askOtherHomes('alice')).toEqual({ outcome: 'unnamed', server: null })
    expect(one.askOtherHomes('nobody')).toEqual({ outcome: 'unnamed', server: null })
    world.kill('three.test')
    expect(one.askOtherHomes('nobody')).toEqual({ outcome: 'unsure', server: null })
    expect(one.askOtherHomes('bob')).toEqual({ outcome: 'named', server: 'two.test' })
  })

  it('main hears who has come by a move, and who has gone', async () => {
    const { world } = await byDirectory({ [bob]: 'two.test' })
    const moved = world.server('two.test').askMove('bob', { act: 'move', to: 'one.test' })
    await world.advanceReading(3_000)
    expect(moved()).toMatchObject({ ok: true, to: 'one.test' })
    const heard = (name: string) => world.server(name).moved.map(({ aor, server }) => `${aor} ${server}`)
    expect([new Set(heard('one.test')), new Set(heard('two.test'))]).toEqual([
      ...[new Set([`${bob} one.test`]), new Set([`${bob} one.test`])],
    ])
  })
})
