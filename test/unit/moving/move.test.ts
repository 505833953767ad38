/**
 * A user gets another home while he is on line (promises P1, P2 and P6): nothing is lost, doubled or out of order, and
 * whoever watches or writes to him notices nothing.
 */
import { describe, expect, it } from 'vitest'
import type { MoveReply } from '../../../src/ports/move-bus.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'
import { TopologyWorld } from '../../support/topology-world.ts'
import { WireClient } from '../../support/wire-client.ts'

const standard = {
  'front.test': { role: 'front-end', workers: 2 },
  'one.test': { role: 'home', users: ['alice', 'carol'], workers: 2 },
  'two.test': { role: 'home', users: ['bob'], workers: 3 },
  'three.test': { role: 'home', users: ['dave'], workers: 1 },
} as const

function signIn(world: TopologyWorld, server: string, name: string): WireClient {
  const client = new WireClient(world.server(server), name)
  expect(client.register().statusCode).toBe(200)
  return client
}

async function moved(world: TopologyWorld, at: string, name: string, to: string): Promise<MoveReply | null> {
  const reply = world.server(at).askMove(name, { act: 'move', to })
  for (let waits = 0; waits < 400 && reply() === null; waits++) await world.advanceReading(10)
  return reply()
}

function bodiesOf(client: WireClient): string[] {
  return client.requests('MESSAGE').map(({ body }) => String(body))
}

function devicesAt(world: TopologyWorld, server: string, name: string) {
  const aor = `sip:${name}@example.test` as Aor
  return world.server(server).coreOf(name).services.registrar.summaries(aor)
}

describe('a user who is moved', () => {
  it('is at the new home with account, password and devices on line, and no longer at the old one', async () => {
    const world = await TopologyWorld.start(standard)
    const alice = signIn(world, 'front.test', 'alice')
    expect(await moved(world, 'one.test', 'alice', 'two.test')).toMatchObject({
      ok: true,
      from: 'one.test',
      to: 'two.test',
      epoch: 2,
    })
    expect(devicesAt(world, 'two.test', 'alice')).toMatchObject([{ online: true }])
    expect(devicesAt(world, 'one.test', 'alice')).toEqual([])
    expect(world.server('one.test').admin('alice', { act: 'show' })).toMatchObject({ ok: false, error: 'not-found' })
    expect([...world.server('one.test').disk.durable.keys()].filter((key) => key.startsWith('sip:alice'))).toEqual([])
    const bob = signIn(world, 'front.test', 'bob')
    const answer = bob.final(bob.send('MESSAGE', { uri: 'sip:alice@example.test', body: 'hello' }))
    expect(answer.statusCode).toBe(200)
    expect(bodiesOf(alice)).toEqual(['hello'])
    expect(alice.message('bob', 'and back').statusCode).toBe(200)
    expect(alice.register().statusCode).toBe(200)
  })
})
