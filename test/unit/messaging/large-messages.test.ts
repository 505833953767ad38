/**
 * RFC 3261 §18.1.1: a message that would leave in fragments over UDP goes by a stream flow of the same device.
 */
import { describe, expect, it } from 'vitest'
import { bodyOf } from '../../support/played-messages.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

async function bobWithTwoFlows() {
  const world = await ServerWorld.start()
  const alice = new WireClient(world, 'alice')
  const stream = new WireClient(world, 'bob', { instance: 'urn:uuid:bob', regId: 1 })
  const udp = new WireClient(world, 'bob', { instance: 'urn:uuid:bob', regId: 2, transport: 'udp' })
  for (const client of [alice, stream, udp]) client.register()
  return { alice, stream, udp }
}

describe('RFC 3261 §18.1.1: a MESSAGE to a device with a newer UDP flow and a stream flow', () => {
  it('goes by the newest flow when it is small', async () => {
    const { alice, stream, udp } = await bobWithTwoFlows()
    expect(alice.message('bob', 'small').statusCode).toBe(200)
    expect(bodyOf(udp.request('MESSAGE'))).toBe('small')
    expect(stream.requests('MESSAGE')).toEqual([])
  })

  it('goes by the stream flow when it would leave in fragments', async () => {
    const { alice, stream, udp } = await bobWithTwoFlows()
    const large = 'x'.repeat(2_000)
    expect(alice.message('bob', large).statusCode).toBe(200)
    expect(bodyOf(stream.request('MESSAGE'))).toBe(large)
    expect(udp.requests('MESSAGE')).toEqual([])
  })
})
