/**
 * P4: one account cannot fill memory and disk with queues of devices that come and go. A device that is remembered no
 * longer takes its queue with it, whether a REGISTER or a start finds out.
 */
import { describe, expect, it } from 'vitest'
import { keyParts } from '../../src/ports/records/keys.ts'
import { ServerWorld } from '../support/server-world.ts'
import { WireClient } from '../support/wire-client.ts'

const dayMs = 86_400_000

function recordsOf(world: ServerWorld): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const key of world.disk.durable.keys()) {
    const { aor, kind } = keyParts(key)
    if (aor === 'sip:bob@example.test') counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** A device signs in and out again: known, and away. */
function passBy(world: ServerWorld, instance: string): void {
  const client = new WireClient(world, 'bob', { instance })
  client.register(3600, { callId: instance })
  client.register(0, { callId: instance, cseq: 50 })
  client.close()
  world.advance(1_000)
}

describe.each([1, 3])('P4 devices that are forgotten at %i workers', (workers) => {
  it('take their queues with them, however many come and go', async () => {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    alice.register()
    const live = new WireClient(world, 'bob', { instance: 'urn:uuid:live' })
    live.register()
    for (let round = 0; round < 4; round++) {
      // Ten devices are remembered (`devicesMax`), the live one included.
      for (let device = 0; device < 12; device++) passBy(world, `urn:uuid:${round}-${device}`)
      for (let n = 0; n < 5; n++) expect(alice.message('bob', 'x', { callId: `${round}-${n}` }).statusCode).toBe(200)
    }
    expect(recordsOf(world)).toMatchObject({ device: 10, 'mailbox-message': 5, queue: 45 })
  })

  it('go at a start when their time is over, with their records', async () => {
    const first = await ServerWorld.start({ workers })
    const alice = new WireClient(first, 'alice')
    alice.register()
    passBy(first, 'urn:uuid:old')
    const live = new WireClient(first, 'bob', { instance: 'urn:uuid:live' })
    live.register()
    first.clock.nowMs += 13 * dayMs
    live.register(3600, { callId: 'refresh', cseq: 9 })
    expect(alice.message('bob', 'x', { callId: 'm' }).statusCode).toBe(200)
    expect(recordsOf(first)).toMatchObject({ device: 2, 'mailbox-message': 1, queue: 1 })
    first.clock.nowMs += 2 * dayMs
    const second = await first.restart()
    second.settle()
    second.advance(40_000)
    const { binding: _, ...left } = recordsOf(second)
    expect(left).toEqual({ account: 1, credential: 1, device: 1 })
  })
})
