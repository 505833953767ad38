/**
 * The promise of `meridian trace`: all messages of one user and no others, over all workers, on the side where they
 * passed; and one look per message where nobody is traced.
 */
import { expect, it } from 'vitest'
import type { TapDirection, TappedFlow, WireTap, WireTaps } from '../../../src/ports/wire-tap.ts'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import { type Aor, parseAor } from '../../../src/sip/uri/aor.ts'
import { keptMessagesMax, type TracedMessage, Tracer } from '../../../src/tracing/index.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

const aor = (name: string) => parseAor(`sip:${name}@example.test`) as Aor

/** One clock for all workers, which counts. */
async function tracedWorld(withText = false) {
  let nowUs = 0
  const tracers = [0, 1, 2].map((worker) => new Tracer(worker, () => ++nowUs))
  const order = { id: 't', account: aor('alice'), names: [aor('alice'), aor('al')], withText }
  for (const tracer of tracers) tracer.follow([order])
  const tapOf = (tracer: Tracer): WireTap => ({
    onMessage: (direction, flow, bytes) =>
      tracer.see(direction, flow, parseMessage(Buffer.from(bytes)).message, bytes.length),
  })
  const taps = (worker: number): WireTaps => ({ current: tapOf(tracers[worker]!) })
  const world = await ServerWorld.start({ workers: 3, users: ['bob', 'carol'], taps })
  world.addUser('alice', { aliases: ['al'] })
  const seen = () => {
    const batches = tracers.flatMap((tracer) => tracer.take())
    return batches.flatMap(({ messages }) => messages).toSorted((left, right) => left.atUs - right.atUs)
  }
  return { world, seen, tracers }
}

function said({ side, direction, method, status }: TracedMessage): string {
  const isRight = (side === 'device') === (direction === 'received')
  return `${side} ${isRight ? '→' : '←'} ${status || method}`
}

it('a message to somebody else is four steps, sign-in is on one side, and what others do is none', async () => {
  const { world, seen } = await tracedWorld()
  const alice = new WireClient(world, 'alice', { worker: 0 })
  const bob = new WireClient(world, 'bob', { worker: 1 })
  const carol = new WireClient(world, 'carol', { worker: 2 })
  alice.register()
  bob.register()
  carol.register()
  expect(seen().map(said)).toEqual(['device → REGISTER', 'device ← 401', 'device → REGISTER', 'device ← 200'])
  carol.message('bob', 'not hers')
  expect(seen()).toEqual([])
  expect(alice.message('bob', 'hello').statusCode).toBe(200)
  const steps = seen()
  expect(steps.map(said)).toEqual(['device → MESSAGE', 'other → MESSAGE', 'other ← 200', 'device ← 200'])
  expect(steps.map(({ worker, from, to, text }) => [worker, from, to, text])).toEqual(
    [0, 1, 1, 0].map((worker) => [worker, aor('alice'), aor('bob'), null]),
  )
})

it('what comes to the user goes the other way, under another name too', async () => {
  const { world, seen } = await tracedWorld()
  const alice = new WireClient(world, 'alice', { worker: 0 })
  const bob = new WireClient(world, 'bob', { worker: 0 })
  alice.register()
  bob.register()
  seen()
  expect(bob.message('al', 'hello').statusCode).toBe(200)
  expect(seen().map(said)).toEqual(['other ← MESSAGE', 'device ← MESSAGE', 'device → 200', 'other → 200'])
})

it('what cannot be read is hers where it comes by her own flow', async () => {
  const { world, seen } = await tracedWorld()
  const alice = new WireClient(world, 'alice')
  alice.register()
  seen()
  alice.sendBytes('no SIP at all\r\n\r\n')
  expect(seen()).toMatchObject([{ side: 'device', direction: 'received', method: '', reason: 'cannot be read' }])
})

it('whole messages are without credentials', async () => {
  const { world, seen } = await tracedWorld(true)
  const alice = new WireClient(world, 'alice')
  alice.register()
  const texts = seen().map(({ text }) => text)
  expect(texts[0]).toMatch(/^REGISTER sip:example\.test SIP\/2\.0\r\n/)
  expect(texts[2]).toContain('response="(hidden)"')
  expect(texts.join()).not.toMatch(/response="[0-9a-f]/)
})

it('keeps so many, and counts the others', () => {
  const tracer = new Tracer(0, () => 0)
  tracer.follow([{ id: 't', account: aor('alice'), names: [aor('alice')], withText: false }])
  const flow = { id: '0.1.2.boot', transport: {}, bound: new Map([[aor('alice'), 1]]) } as unknown as TappedFlow
  for (let count = 0; count < keptMessagesMax + 7; count++) tracer.see('received', flow, null, 10)
  const [batch] = tracer.take()
  expect([batch!.messages.length, batch!.missed, batch!.messages[0]!.flow]).toEqual([keptMessagesMax, 7, '0.1.2'])
  expect(tracer.take()).toEqual([])
})

it('one look per message while nobody reads along', async () => {
  let looks = 0
  const seen: TapDirection[] = []
  const count: WireTap = { onMessage: (direction) => void seen.push(direction) }
  const idle = {
    get current() {
      looks++
      return null
    },
  }
  const run = async (taps: WireTaps) => {
    const world = await ServerWorld.start({ workers: 2, users: ['alice', 'bob'], taps: () => taps })
    const [alice, bob] = ['alice', 'bob'].map((name) => new WireClient(world, name))
    alice!.register()
    bob!.register()
    alice!.message('bob', 'hello')
  }
  await run({ current: count })
  await run(idle)
  expect(seen.filter((direction) => direction === 'received').length).toBeGreaterThan(5)
  expect(looks).toBe(seen.length)
})
