/**
 * What a sender proves itself with is spent when it has been checked (RFC 3261 §22.3): it is not kept with the message.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { bodyOf } from '../../support/played-messages.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

const forDevice = ['Authorization', 'Digest username="alice", realm="door", nonce="n", uri="u", response="0"'] as const

describe.each([1, 3])('a stored message with %i workers', (workers) => {
  it('keeps no credentials for our realm, and those for the device as they came', async () => {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    expect(alice.message('bob', 'hello', { headers: [forDevice] }).statusCode).toBe(202)
    const records = [...world.disk.durable.values()].map((value) => Buffer.from(value).toString('latin1'))
    const kept = records.find((record) => record.includes('MESSAGE sip:bob@example.test')) ?? ''
    expect(kept).toContain('realm="door"')
    expect(kept).not.toContain('realm="example.test"')
    const bob = new WireClient(world, 'bob')
    bob.register()
    world.advance(100)
    expect(bob.requests('MESSAGE').map(bodyOf)).toEqual(['hello'])
  })
})
