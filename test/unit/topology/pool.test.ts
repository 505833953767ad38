/**
 * Links of one worker (D§9.2, §4.3): up, down, refused, restarted, half-open; facts arrive though links are cut, asks
 * are refused or lost; the order of what one worker says is kept. In memory and virtual time.
 */
import { expect, it } from 'vitest'
import type { BusMessage } from '../../../src/ports/bus.ts'
import type { ServerRole } from '../../../src/ports/topology.ts'
import { type LinkServer, LinkWorld, topologyOf } from '../../support/link-world.ts'
import { alice, cancel, epoch, everyKind } from '../runtime/bus-messages.ts'

const both = { a: 'home', b: 'home' } as const

async function pair(): Promise<{ world: LinkWorld; a: LinkServer; b: LinkServer }> {
  const world = new LinkWorld(topologyOf(both))
  const [a, b] = [world.start('a'), world.start('b')]
  // Whoever began first has found nobody, and tries again.
  await world.pass(2_000)
  return { world, a, b }
}

/** With all that is on the way. */
function cutAll(world: LinkWorld): void {
  for (const flow of world.flows) {
    flow.cut('test.cut')
    flow.other.cut('test.cut')
  }
}

const manyUsers = (name: string, number: number): BusMessage =>
  epoch(number, `sip:${name}@example.test` as typeof alice)

it('two servers that connect to each other at once have one peer each, over two connections', async () => {
  const { world, a, b } = await pair()
  await world.pass(30_000)
  expect([a.heard.words, b.heard.words]).toEqual([['b up 1'], ['a up 1']])
  expect(a.pool.status()).toMatchObject([{ server: 'b', isUp: true, connectionsCount: 2, lastFault: null }])
})

it('a message arrives once, with the worker that it is for', async () => {
  const { world, a, b } = await pair()
  expect(a.pool.send('b', 1, everyKind.whose)).toBe(true)
  expect(b.pool.send('a', 0, epoch(3))).toBe(true)
  await world.settle()
  expect(b.heard.messages).toEqual([{ from: 'a', worker: 1, message: everyKind.whose }])
  expect(a.heard.messages).toMatchObject([{ from: 'b', worker: 0, message: { kind: 'epoch', epoch: 3 } }])
})

it('asks are refused while no link is up, facts wait and the newest of each user and worker arrives', async () => {
  const world = new LinkWorld(topologyOf(both))
  const a = world.start('a')
  expect(a.pool.send('b', 0, cancel(1))).toBe(false)
  for (const number of [1, 2, 3]) expect(a.pool.send('b', 0, epoch(number))).toBe(true)
  expect(a.pool.send('b', 1, epoch(2))).toBe(true)
  expect(a.pool.send('nobody', 0, epoch(3))).toBe(false)
  const b = world.start('b')
  await world.pass(5_000)
  expect(b.heard.messages.map(({ worker, message }) => [worker, message])).toEqual([
    [0, epoch(3)],
    [1, epoch(2)],
  ])
})

it('a link that is cut with batches on the way loses no fact; asks are refused from then on', async () => {
  const { world, a, b } = await pair()
  for (let number = 1; number <= 5; number++) a.pool.send('b', 0, manyUsers(`user${number}`, number))
  a.pool.send('b', 0, cancel(9))
  a.pool.flush()
  // The batch has left and is on the way: it is lost with the connections.
  cutAll(world)
  await world.settle()
  expect(b.said()).toEqual([])
  expect(a.pool.send('b', 0, cancel(10))).toBe(false)
  a.pool.send('b', 0, manyUsers('user2', 22))
  await world.pass(5_000)
  expect(b.said()).toEqual(['epoch 1', 'epoch 3', 'epoch 4', 'epoch 5', 'epoch 22'])
  expect(a.heard.words).toEqual(['b up 1', 'b down 1', 'b up 1'])
})

it('a batch that arrived and whose confirmation was lost is said again: facts arrive at least once', async () => {
  const { world, a, b } = await pair()
  a.pool.send('b', 0, epoch(1))
  a.pool.flush()
  world.deliverOne()
  expect(b.said()).toEqual(['epoch 1'])
  cutAll(world)
  await world.pass(5_000)
  expect(b.said()).toEqual(['epoch 1', 'epoch 1'])
})

it('at most 8 batches are on the way; the rest follows in its order', async () => {
  const { world, a, b } = await pair()
  for (let number = 0; number < 12; number++) {
    a.pool.send('b', 0, cancel(number))
    a.pool.flush()
  }
  let delivered = 0
  while (b.heard.messages.length < 8 && delivered < 8 && world.deliverOne()) delivered++
  expect(b.said()).toHaveLength(8)
  await world.settle()
  expect(b.said()).toEqual(Array.from({ length: 12 }, (_, number) => `cancel ${number}`))
})

it('asks beyond what may wait are refused, and the ones before are not', async () => {
  const { a } = await pair()
  let taken = 0
  while (taken < 30_000 && a.pool.send('b', 0, cancel(taken))) taken++
  expect(taken).toBe(20_000)
})

it('a message that no link can carry is refused where it is an ask, and logged where it is a fact', async () => {
  const { world, a, b } = await pair()
  const document = Buffer.alloc(2 * 1024 * 1024)
  expect(a.pool.send('b', 0, { ...everyKind.xcap, body: document })).toBe(false)
  a.pool.send('b', 0, { ...everyKind.state, document })
  a.pool.send('b', 0, epoch(7))
  await world.settle()
  expect(b.said()).toEqual(['epoch 7'])
  expect(a.lines.find(({ event }) => event === 'link.message-too-long')?.fields).toEqual({ peer: 'b', kind: 'state' })
})

it('many verdicts that are too long together leave one by one', async () => {
  const { world, a, b } = await pair()
  const state = { ...everyKind.state, document: Buffer.alloc(200 * 1024) }
  const verdicts = Array.from({ length: 20 }, (_, index) => {
    const presentity = `sip:user${index}@example.test` as typeof alice
    return { presentity, verdict: 'allow' as const, state: { ...state, presentity }, mainAor: null }
  })
  a.pool.send('b', 0, { kind: 'verdicts', watcher: alice, heard: 1, verdicts })
  await world.settle()
  const heard = b.heard.messages.flatMap(({ message }) => (message.kind === 'verdicts' ? message.verdicts : []))
  expect(heard.map(({ presentity }) => presentity)).toEqual(verdicts.map(({ presentity }) => presentity))
})

it('when one of two connections ends the other takes over, and the peer is not down', async () => {
  const { world, a, b } = await pair()
  a.pool.send('b', 0, epoch(1))
  a.pool.flush()
  world.flows[0]!.cut('test.cut')
  await world.settle()
  a.pool.send('b', 0, cancel(2))
  await world.settle()
  expect(a.heard.words).toEqual(['b up 1'])
  expect(b.said()).toEqual(['epoch 1', 'cancel 2'])
})

it('what a cut connection may have lost is given to the other again where that is to be delivered', async () => {
  const { world, a, b } = await pair()
  const { deliver } = everyKind
  a.pool.send('b', 0, cancel(1))
  a.pool.send('b', 0, deliver)
  a.pool.flush()
  world.flows[0]!.cut('test.cut')
  await world.settle()
  // A CANCEL that is lost is not said again.
  expect(b.heard.messages.map(({ message }) => message.kind)).toEqual(['deliver'])
  expect(a.heard.lost).toEqual(['b'])
})

it('a server that cannot connect sends over the connections that the other has made', async () => {
  const world = new LinkWorld(topologyOf(both))
  const a = world.start('a')
  a.isCutOff = true
  const b = world.start('b')
  await world.pass(20_000)
  expect(a.pool.send('b', 0, cancel(1))).toBe(true)
  await world.settle()
  expect(b.said()).toEqual(['cancel 1'])
  // One line, not one for each attempt.
  expect(a.events().filter((event) => event === 'link.connect-failed')).toHaveLength(1)
})

it('a half-open connection is found by its keep-alives, at both ends', async () => {
  const { world, a, b } = await pair()
  b.isCutOff = a.isCutOff = true
  for (const flow of world.flows) flow.isDeaf = flow.other.isDeaf = true
  await world.pass(25_000)
  expect(a.heard.words).toEqual(['b up 1'])
  await world.pass(20_000)
  expect([a.heard.words, b.heard.words]).toEqual([
    ['b up 1', 'b down 1'],
    ['a up 1', 'a down 1'],
  ])
  const reasons = a.lines.filter(({ event }) => event === 'link.closed').map(({ fields }) => fields.reason)
  expect(reasons.sort()).toEqual(['link.no-pong', 'link.silent'])
})

it('a peer that does not confirm is left after 15 seconds', async () => {
  const { world, a } = await pair()
  for (const flow of world.flows) flow.isDeaf = flow.other.isDeaf = true
  a.isCutOff = true
  a.pool.send('b', 0, cancel(1))
  a.pool.flush()
  await world.pass(17_000)
  expect(a.lines.filter(({ event }) => event === 'link.closed').map(({ fields }) => fields.reason)).toContain(
    'link.no-confirmation',
  )
})

it('a process that stood still for an hour cuts nobody for its own absence', async () => {
  const { world, a } = await pair()
  world.standStill(3_600_000)
  await world.pass(5_000)
  expect(a.heard.words).toEqual(['b up 1'])
})

it('another start of a server takes the place of the earlier one, and both are told apart', async () => {
  const { world, a } = await pair()
  for (const flow of world.flows) flow.isDeaf = flow.other.isDeaf = true
  world.start('b', 2)
  await world.pass(2_000)
  expect(a.heard.words).toEqual(['b up 1', 'b down 1', 'b up 2'])
  expect(a.events()).toContain('link.peer-restarted')
})

it('a peer that is not believed is no link, at either end, and the log says why', async () => {
  const world = new LinkWorld(topologyOf(both))
  const a = world.start('a')
  a.disbelieved.add('b')
  const b = world.start('b')
  await world.pass(3_000)
  expect([a.heard.words, b.heard.words]).toEqual([[], []])
  expect(a.lines.find(({ event }) => event === 'link.refused')?.fields).toMatchObject({
    peer: 'b',
    reason: 'revoked',
    expected: 'good',
    seen: 'bad',
    names: 'b',
  })
  expect(b.lines.find(({ event }) => event === 'link.refused-by-peer')?.fields).toMatchObject({
    peer: 'a',
    status: 403,
  })
})

it('a link that is not believed any more ends at the check, and facts wait for the next', async () => {
  const { world, a, b } = await pair()
  a.disbelieved.add('b')
  a.pool.recheck()
  expect(a.heard.words).toEqual(['b up 1', 'b down 1'])
  a.pool.send('b', 0, epoch(5))
  a.disbelieved.clear()
  await world.pass(5_000)
  expect(b.said()).toEqual(['epoch 5'])
})

it('a server that leaves the topology loses its link; one that joins gets one', async () => {
  const { world, a, b } = await pair()
  a.pool.setTopology(topologyOf({ a: 'home', c: 'home' }, 2))
  await world.settle()
  expect(a.heard.words).toEqual(['b up 1', 'b down 1'])
  expect(a.pool.send('b', 0, epoch(1))).toBe(false)
  world.topology = topologyOf({ a: 'home', c: 'home' }, 2)
  world.start('c')
  await world.pass(3_000)
  expect(a.heard.words.at(-1)).toBe('c up 1')
  expect(b.heard.words.at(-1)).toBe('a down 1')
})

it('clocks that disagree are said in the log', async () => {
  const world = new LinkWorld(topologyOf(both))
  const a = world.start('a')
  a.skewMs = 60_000
  const b = world.start('b')
  await world.pass(1_000)
  expect(b.lines.find(({ event }) => event === 'link.clock-skew')?.fields).toMatchObject({ peer: 'a', aheadMs: 60_000 })
})

it('front ends do not connect to each other', async () => {
  const roles: Record<string, ServerRole> = { f1: 'front-end', f2: 'front-end', h: 'home' }
  const world = new LinkWorld(topologyOf(roles))
  const f1 = world.start('f1')
  world.start('f2')
  world.start('h')
  await world.pass(2_000)
  expect(f1.heard.words).toEqual(['h up 1'])
})

it('a link that should be there and is not is counted; none is where this server needs none', async () => {
  const world = new LinkWorld(topologyOf({ f1: 'front-end', f2: 'front-end', h: 'home' }))
  const f1 = world.start('f1')
  const missing = () =>
    Object.fromEntries(
      f1.metrics
        .snapshot()
        .filter(({ name }) => name === 'meridian_link_missing')
        .map(({ labels, value }) => [labels.peer, value]),
    )
  await world.pass(2_000)
  expect(missing()).toEqual({ f2: 0, h: 1 })
  world.start('h')
  await world.pass(20_000)
  expect(missing()).toEqual({ f2: 0, h: 0 })
  f1.pool.setTopology(topologyOf({ f1: 'front-end', f2: 'front-end' }, 2))
  await world.pass(2_000)
  expect([missing(), f1.pool.status()]).toEqual([{ f2: 0, h: 0 }, []])
})

it('an overloaded server says so when it confirms, and who hears it refuses the share here (RFC 7339)', async () => {
  const { world, a, b } = await pair()
  await world.pass(1_000)
  const isShed = (kind: 'deliver' | 'cancel' | 'outcome') => a.pool.sheds('b', everyKind[kind])
  expect(isShed('deliver')).toBeNull()
  b.feedback = { lossPercent: 100, validityMs: 2_000, sequence: 5 }
  a.pool.send('b', 0, epoch(1))
  await world.settle()
  const seconds = isShed('deliver')
  expect(seconds).toBeGreaterThanOrEqual(1)
  expect(seconds).toBeLessThanOrEqual(10)
  expect([isShed('cancel'), isShed('outcome')]).toEqual([null, null])
  // An older word, by the other connection say.
  b.feedback = { lossPercent: 0, validityMs: 0, sequence: 4 }
  a.pool.send('b', 0, epoch(2))
  await world.settle()
  expect(isShed('deliver')).not.toBeNull()
  await world.pass(2_500)
  expect(isShed('deliver')).toBeNull()
})

it('what a server was asked to keep is forgotten with the link, and with that start of the other one', async () => {
  const { world, a, b } = await pair()
  b.feedback = { lossPercent: 100, validityMs: 600_000, sequence: 5 }
  a.pool.send('b', 0, epoch(1))
  await world.settle()
  expect(a.pool.sheds('b', everyKind.deliver)).not.toBeNull()
  cutAll(world)
  expect(a.pool.sheds('b', everyKind.deliver)).toBeNull()
  await world.pass(20_000)
  expect(a.heard.words.at(-1)).toBe('b up 1')
  expect(a.pool.sheds('b', everyKind.deliver)).toBeNull()
})
