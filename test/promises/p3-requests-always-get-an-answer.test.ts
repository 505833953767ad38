/**
 * P3: whoever sent a request is told what became of it, also when a flow, a worker or a shard is lost meanwhile, and
 * nothing waits for ever.
 */
import { describe, expect, it } from 'vitest'
import { askDeadlineMs } from '../../src/edge/upstream.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { ServerWorld } from '../support/server-world.ts'
import { establish, sendInvite, sendWithin, signedIn } from '../support/sessions.ts'
import { WireClient } from '../support/wire-client.ts'

describe.each([1, 3])('P3 lost answers at %i workers', (workers) => {
  async function pair() {
    const world = await ServerWorld.start({ workers })
    // Of three workers they use two.
    const alice = new WireClient(world, 'alice', { worker: 0 })
    const [, bob] = signedIn(alice, new WireClient(world, 'bob', { worker: workers - 1 }))
    return { world, alice, bob }
  }

  const idle = (world: ServerWorld) => {
    for (const core of world.cores) expect(core.edge.load).toMatchObject({ pending: 0, transactions: 0, sent: 0 })
  }

  it.each(['request', 'locate', 'targets'] as const)(
    'a %s that gets lost on the bus: 503 after the deadline',
    async (kind) => {
      const { world, alice } = await pair()
      world.loses = (message) => message.kind === kind
      const branch = sendInvite(alice, 'bob')
      world.advance(askDeadlineMs - 100)
      expect(alice.hasFinal(branch)).toBe(false)
      world.advance(200)
      const answer = alice.final(branch)
      expect(answer.statusCode).toBe(503)
      expect(answer.has(HeaderId.retryAfter)).toBe(true)
      alice.close()
      idle(world)
    },
  )

  it('an answer that comes after its deadline goes nowhere', async () => {
    const { world, alice, bob } = await pair()
    const late: (() => void)[] = []
    world.loses = (message, to) => {
      if (message.kind !== 'targets') return false
      late.push(() => world.cores[to]!.receive(message))
      return true
    }
    const branch = sendInvite(alice, 'bob')
    world.advance(askDeadlineMs + 100)
    expect(alice.final(branch).statusCode).toBe(503)
    for (const arrive of late) arrive()
    world.settle()
    expect(bob.requests('INVITE')).toHaveLength(0)
    expect(alice.hasFinal(branch)).toBe(false)
  })

  it('the flow of the callee dies while it rings: 480, and inside a dialog 430', async () => {
    const { world, alice, bob } = await pair()
    const session = establish(alice, bob)
    const call = sendInvite(alice, 'bob', { callId: 'second' })
    bob.respond(bob.request('INVITE'), 180)
    const info = sendWithin(alice, session.caller, 'INFO')
    bob.close()
    expect(alice.final(call).statusCode).toBe(480)
    expect(alice.final(info).statusCode).toBe(430)
    world.advance(40_000)
    idle(world)
  })

  it('the flow of the caller dies: what it asked is forgotten, what rings for it stops', async () => {
    const { world, alice, bob } = await pair()
    sendInvite(alice, 'bob')
    const invite = bob.request('INVITE')
    bob.respond(invite, 180)
    alice.send('INFO', { uri: 'sip:bob@example.test' })
    alice.close()
    bob.respond(bob.request('CANCEL'), 200)
    bob.respond(invite, 487)
    bob.respond(bob.request('INFO'), 200)
    world.advance(40_000)
    idle(world)
  })

  it('the flow of a caller dies while his shard is asked: nothing is left', async () => {
    const { world, alice, bob } = await pair()
    alice.edge.onFlowMessage(alice.flow, alice.encode('INVITE', { uri: 'sip:bob@example.test', branch: 'z9hG4bKgone' }))
    alice.close()
    expect(bob.requests('INVITE')).toHaveLength(0)
    idle(world)
  })

  it('a device that never answers a non-INVITE: nothing is answered (RFC 4320 §4.2), and nothing is left', async () => {
    const { world, alice, bob } = await pair()
    const branch = alice.send('INFO', { uri: 'sip:bob@example.test' })
    bob.request('INFO')
    world.advance(40_000)
    expect(alice.hasFinal(branch)).toBe(false)
    idle(world)
  })
})

describe('P3 the death of a worker', () => {
  async function split() {
    const world = await ServerWorld.start({ workers: 3 })
    const alice = new WireClient(world, 'alice', { worker: 0 })
    const [, bob] = signedIn(alice, new WireClient(world, 'bob', { worker: 1 }))
    return { world, alice, bob }
  }

  it('that owned the callee’s flow: the caller is told when timer C, or the time for a report, is over', async () => {
    const { world, alice, bob } = await split()
    const call = sendInvite(alice, 'bob')
    bob.respond(bob.request('INVITE'), 180)
    await world.restartWorker(1)
    world.advance(180_000)
    expect(alice.hasFinal(call)).toBe(false)
    world.advance(40_000)
    expect(alice.final(call).statusCode).toBe(487)
    expect(world.cores[0]!.edge.load.pending).toBe(0)
  })

  it('and a non-INVITE is forgotten', async () => {
    const { world, alice } = await split()
    alice.send('INFO', { uri: 'sip:bob@example.test' })
    await world.restartWorker(1)
    world.advance(40_000)
    expect(world.cores[0]!.edge.load.pending).toBe(0)
  })

  it('what names its flows finds nothing, and nobody else (P2)', async () => {
    const { world, alice, bob } = await split()
    const session = establish(alice, bob)
    await world.restartWorker(1)
    const [other] = signedIn(new WireClient(world, 'bob', { worker: 1 }))
    expect(alice.final(sendWithin(alice, session.caller, 'BYE')).statusCode).toBe(430)
    expect(other.requests('BYE')).toHaveLength(0)
  })

  it('a reply to it does not meet a request of its successor', async () => {
    const { world, alice, bob } = await split()
    const held: (() => void)[] = []
    world.loses = (message) => {
      if (message.kind !== 'targets') return false
      held.push(() => world.cores[0]!.receive(message))
      return true
    }
    sendInvite(alice, 'bob')
    const [late] = held
    await world.restartWorker(0)
    const [again] = signedIn(new WireClient(world, 'alice', { worker: 0 }))
    // As many requests as it takes to reach the same number, all still waiting.
    for (let count = 0; count < 10; count++) sendInvite(again, 'bob', { callId: `${count}` })
    late!()
    world.settle()
    expect(bob.requests('INVITE')).toHaveLength(0)
    held.at(-1)!()
    world.settle()
    expect(bob.requests('INVITE')).toHaveLength(1)
  })
})
