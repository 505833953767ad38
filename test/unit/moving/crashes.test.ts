/**
 * A move during which either home is killed, at each of its steps: before and after each write on either side, and at
 * each message between the two (promises P1 and P6). Whatever happens, in the end one home has the user with all that
 * was kept for him, the other has nothing, and what was acknowledged arrives once and in order.
 */
import { describe, expect, it } from 'vitest'
import { homesOf, keepsAnything, replyOf, signIn, startMoveWorld } from '../../support/move-world.ts'
import type { ServerWorld } from '../../support/server-world.ts'
import type { TopologyWorld } from '../../support/topology-world.ts'
import { bodiesOf } from '../../support/writing.ts'

type Side = 'one.test' | 'two.test'

/** Where the server dies: at its so many-th write, or at the so many-th message of the move; or only the link does. */
interface Crash {
  readonly at: 'before-write' | 'after-write' | 'message' | 'cut'
  /** Both: the site has no power. */
  readonly victim: Side | 'both'
  readonly count: number
}

interface Seen {
  readonly writes: Record<Side, number>
  messages: number
  isDead: boolean
  /** What comes later has nothing to do with the move. */
  isOver: boolean
}

/** Kills the victim there; counts what there was. */
function plant(world: TopologyWorld, crash: Crash | null): Seen {
  const seen: Seen = { writes: { 'one.test': 0, 'two.test': 0 }, messages: 0, isDead: false, isOver: false }
  let isDoomed = false
  const kill = (victim: Crash['victim']) => {
    seen.isDead = true
    isDoomed = false
    for (const server of victimsOf(victim)) world.kill(server)
  }
  for (const side of ['one.test', 'two.test'] as const) {
    const { disk } = world.server(side)
    const flush = disk.flush.bind(disk)
    disk.flush = (count) => {
      if (isDoomed && crash?.victim === side) return 0
      if (seen.isOver) return flush(count)
      if (disk.pendingCount > 0) seen.writes[side]++
      const isHere =
        !seen.isDead && crash?.victim === side && crash.count === seen.writes[side] && disk.pendingCount > 0
      if (isHere && crash.at === 'before-write') {
        isDoomed = true
        return 0
      }
      const settled = flush(count)
      if (isHere && crash.at === 'after-write') isDoomed = true
      return settled
    }
  }
  world.afterStep = (server) => {
    if (isDoomed && server === crash?.victim) kill(crash.victim)
  }
  world.onCrossing = ({ message }) => {
    if (message.kind !== 'move-step' && message.kind !== 'move-answer') return
    if (seen.isOver) return
    seen.messages++
    if (seen.isDead || crash?.count !== seen.messages) return
    if (crash.at === 'message') kill(crash.victim)
    else if (crash.at === 'cut') {
      seen.isDead = true
      world.cut('one.test', 'two.test')
    }
  }
  return seen
}

function victimsOf(victim: Crash['victim']): readonly Side[] {
  return victim === 'both' ? ['one.test', 'two.test'] : [victim]
}

function staged({ disk }: ServerWorld): string[] {
  return [...disk.durable.keys()].filter((key) => key.startsWith('!arrivals'))
}

/** What the run has seen, where all is as it should be. */
async function runMove(crash: Crash | null, name: string): Promise<Seen> {
  const world = await startMoveWorld()
  const dave = signIn(world, 'front.test', 'dave')
  const acknowledged: string[] = []
  let sent = 0
  const write = () => {
    const body = `message ${sent++}`
    return { body, request: dave.send('MESSAGE', { uri: 'sip:alice@example.test', body }) }
  }
  const open = [write(), write()]
  await world.advanceReading(20)
  const seen = plant(world, crash)
  const reply = world.server('one.test').askMove('alice', { act: 'move', to: 'two.test' })
  for (let round = 0; round < 8; round++) {
    open.push(write())
    await world.advanceReading(2, 1)
  }
  seen.isOver = true
  if (crash && seen.isDead) {
    await world.advanceReading(400, 50)
    if (crash.at === 'cut') world.join('one.test', 'two.test')
    else for (const server of victimsOf(crash.victim)) await world.restart(server)
  }
  await world.advanceReading(7_000, 500)
  open.push(write())
  const said = await replyOf(world, reply, crash && crash.victim !== 'two.test' && crash.at !== 'cut' ? 0 : 10_000)
  await world.advanceReading(1_000, 100)
  for (const { body, request } of open) if (dave.final(request).statusCode < 300) acknowledged.push(body)
  const [home, ...others] = homesOf(world, 'alice')
  expect(others, name).toEqual([])
  if (said?.ok) expect(home, name).toBe('two.test')
  if (said?.ok === false) expect(home, name).toBe('one.test')
  const other = home === 'one.test' ? 'two.test' : 'one.test'
  expect(['one.test', 'two.test'], name).toContain(home)
  expect(keepsAnything(world.server(other), 'alice'), name).toBe(false)
  for (const side of ['one.test', 'two.test']) expect(staged(world.server(side)), name).toEqual([])
  const alice = signIn(world, 'front.test', 'alice')
  world.advance(500)
  const got = bodiesOf(alice)
  expect(
    got.filter((body) => acknowledged.includes(body)),
    name,
  ).toEqual(acknowledged)
  const numbers = got.map((body) => Number(body.split(' ')[1]))
  expect(numbers, name).toEqual([...new Set(numbers)].sort((a, b) => a - b))
  expect(acknowledged.length, name).toBeGreaterThan(2)
  return seen
}

describe('a move that a crash meets', () => {
  it('completes or does not happen, wherever either home dies', async () => {
    const usual = await runMove(null, 'without a crash')
    const crashes: Crash[] = []
    for (const victim of ['one.test', 'two.test'] as const) {
      for (let count = 1; count <= usual.writes[victim]; count++) {
        crashes.push({ at: 'before-write', victim, count }, { at: 'after-write', victim, count })
      }
      for (let count = 1; count <= usual.messages; count++) crashes.push({ at: 'message', victim, count })
    }
    for (let count = 1; count <= usual.messages; count++) {
      crashes.push({ at: 'cut', victim: 'one.test', count }, { at: 'message', victim: 'both', count })
    }
    expect(usual.messages).toBeGreaterThan(6)
    let deaths = 0
    for (const crash of crashes) {
      const seen = await runMove(crash, `${crash.victim} dies ${crash.at} ${crash.count}`)
      if (seen.isDead) deaths++
    }
    expect(deaths).toBeGreaterThan(20)
  }, 120_000)
})
