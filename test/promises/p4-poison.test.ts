/**
 * P4: a message that makes our code throw costs its sender an answer and nobody else anything, however often it comes
 * and under whatever new Call-ID.
 */
import { describe, expect, it } from 'vitest'
import type { Seals } from '../../src/ports/seals.ts'
import { ServerWorld } from '../support/server-world.ts'
import { WireClient } from '../support/wire-client.ts'

/** Throws where a MESSAGE to this temporary GRUU is looked up: deep inside a unit of the shard. */
function withFault(usual: Seals): Seals {
  return {
    seal: (purpose, text) => usual.seal(purpose, text),
    mac: (purpose, text) => usual.mac(purpose, text),
    open: (purpose, token) => {
      if (token === 'boom') throw new Error('planted')
      return usual.open(purpose, token)
    },
  }
}

describe.each([1, 3])('P4 with %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers, seals: withFault })
    const bad = new WireClient(world, 'alice')
    const good = new WireClient(world, 'bob')
    bad.register()
    good.register()
    let count = 0
    const boom = (body = 'the same') =>
      bad.final(bad.send('MESSAGE', { uri: 'sip:tgruu~boom@example.test;gr', body, callId: `new ${count++}` }))
        .statusCode
    return { world, bad, good, boom }
  }

  it('the same message again and again: 500, 500, then refused, and other messages of its sender pass', async () => {
    const { world, bad, boom } = await people()
    expect([boom(), boom(), boom(), boom()]).toEqual([500, 500, 503, 503])
    expect(world.logged('shard.unit-failed')).toBe(2)
    expect(bad.message('bob', 'innocent').statusCode).toBe(200)
  })

  it('three that throw refuse the account for one, then five, then thirty minutes, and nobody else', async () => {
    const { world, bad, good, boom } = await people()
    const refusedFor = (round: string) => {
      for (const body of ['a', 'b', 'c']) expect(boom(round + body)).toBe(500)
      const sinceMs = world.clock.nowMs
      const innocent = () =>
        bad.final(
          bad.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'x', callId: `${round}${world.clock.nowMs}` }),
        )
      expect(innocent().statusCode).toBe(503)
      expect(good.message('bob', 'fine', { callId: round }).statusCode).toBe(200)
      while (innocent().statusCode === 503) world.advance(10_000)
      return (world.clock.nowMs - sinceMs) / 60_000
    }
    expect([refusedFor('1'), refusedFor('2'), refusedFor('3'), refusedFor('4')]).toEqual([1, 5, 30, 30])
  })

  it('other people behind the NAT of a refused account register and send as before', async () => {
    const { world, boom } = await people()
    for (const body of ['a', 'b', 'c']) boom(body)
    const neighbour = new WireClient(world, 'bob', { transport: 'udp' })
    expect(neighbour.register().statusCode).toBe(200)
    expect(neighbour.message('bob', 'x').statusCode).toBe(200)
  })

  it('a unit that throws has no effect: nothing is written, nothing is sent', async () => {
    const { world, good, boom } = await people()
    const records = [...world.disk.durable.keys()]
    boom()
    expect([...world.disk.durable.keys()]).toEqual(records)
    expect(good.requests('MESSAGE')).toEqual([])
  })
})
