/**
 * RFC 6665 §4.2.2 over several shards: a word about a watch that the bus loses is found within ten minutes, when both
 * ends compare count and hash of what they have, and is named again.
 */
import { describe, expect, it } from 'vitest'
import type { BusMessage } from '../../../src/ports/bus.ts'
import { shardOf } from '../../../src/ports/sharding.ts'
import { PresenceService } from '../../../src/presence/index.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const names = ['alice', 'bob', 'carol', 'dave', 'erin']
const presentity = 'bob'
const shard = shardOf(aorOf(presentity), 3)
/** Of another shard than the presentity. */
const watcher = names.find((name) => shardOf(aorOf(name), 3) !== shard)!
const comparedByMs = 600_000

async function setUp() {
  const world = await ServerWorld.start({ workers: 3, users: names })
  const alice = new WireClient(world, watcher)
  const bob = new WireClient(world, presentity)
  alice.register()
  bob.register()
  publish(bob, pidf(presentity, 'before'), [['Expires', '3600']])
  return { world, alice, bob }
}

const isWatch = (message: BusMessage, isWanted: boolean): boolean =>
  message.kind === 'watches' && message.isWanted === isWanted

/** Watchers of the presentity, as its shard has them. */
function watchersOf(world: ServerWorld): readonly string[] {
  const service = world.coreOf(presentity).services.all.find((each) => each instanceof PresenceService)
  return service!.holdings().watchers
}

describe('RFC 6665 §4.2.2: watches that the bus has lost', () => {
  it('a watch that never came is named again within ten minutes, and its watcher is told all', async () => {
    const { world, alice, bob } = await setUp()
    world.loses = (message) => isWatch(message, true)
    const waiting = alice.send('SUBSCRIBE', {
      uri: aorOf(presentity),
      callId: 'lost',
      headers: [
        ['Event', 'presence'],
        ['Expires', '3600'],
        ['Contact', `<${alice.contact}>`],
      ],
    })
    world.advance(5_000)
    world.loses = () => false
    expect(alice.final(waiting).statusCode).toBe(200)
    expect(told(alice)).toEqual(['pending'])
    expect(watchersOf(world)).toEqual([])
    world.advance(comparedByMs)
    expect(watchersOf(world)).toEqual([`${aorOf(watcher)} ${aorOf(presentity)}`])
    expect(told(alice).at(-1)).toBe('active before')
    publish(bob, pidf(presentity, 'after'))
    world.advance(1_000)
    expect(told(alice).at(-1)).toBe('active after')
  })

  it('a watch whose end never came is removed within ten minutes', async () => {
    const { world, alice } = await setUp()
    const made = subscribe(alice, presentity, { expires: 3_600 })
    world.advance(1_000)
    world.loses = (message) => isWatch(message, false)
    refresh(alice, made, { expires: 0 })
    world.advance(1_000)
    world.loses = () => false
    expect(watchersOf(world)).toHaveLength(1)
    world.advance(comparedByMs)
    expect(watchersOf(world)).toEqual([])
  })

  it('a state that never came is told within ten minutes', async () => {
    const { world, alice, bob } = await setUp()
    subscribe(alice, presentity, { expires: 3_600 })
    world.advance(1_000)
    world.loses = ({ kind }) => kind === 'state'
    publish(bob, pidf(presentity, 'after'))
    world.advance(1_000)
    world.loses = () => false
    expect(told(alice).at(-1)).toBe('active before')
    world.advance(comparedByMs)
    expect(told(alice)).toEqual(['active before', 'active after'])
  })

  it('nothing is named again where both ends have the same', async () => {
    const { world, alice } = await setUp()
    subscribe(alice, presentity, { expires: 3_600 })
    world.advance(1_000)
    const kinds: string[] = []
    world.loses = ({ kind }) => {
      kinds.push(kind)
      return false
    }
    world.advance(comparedByMs)
    expect(kinds).toContain('watch-check')
    expect(kinds).not.toContain('name-again')
    expect(kinds).not.toContain('naming')
  })
})
