/**
 * P4: a message that makes our code throw when its delivery time is up costs its sender an answer, and neither the
 * recipient nor what the sender writes next. The fault is planted where a message becomes a record.
 */
import { Buffer } from 'node:buffer'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { mailboxMessageRecord } from '../../src/ports/records/mailbox-message.ts'
import { bodyOf } from '../support/played-messages.ts'
import { ServerWorld } from '../support/server-world.ts'
import { WireClient } from '../support/wire-client.ts'

function plantFault(text: string) {
  const real = mailboxMessageRecord.encode
  vi.spyOn(mailboxMessageRecord, 'encode').mockImplementation((record) => {
    if (Buffer.from(record.bytes).includes(text)) throw new Error('planted')
    return real.call(mailboxMessageRecord, record)
  })
}

afterEach(() => void vi.restoreAllMocks())

describe.each([1, 3])('P4 timers of messages at %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers, users: ['alice', 'bob', 'carol'] })
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => new WireClient(world, name)) as [
      WireClient,
      WireClient,
      WireClient,
    ]
    for (const client of [alice, bob, carol]) client.register()
    bob.answerWith = null
    /** Sent by alice and not answered by bob's device within the delivery time. */
    const sendSlowly = (body: string) => {
      const branch = alice.send('MESSAGE', { uri: 'sip:bob@example.test', body, callId: body })
      world.advance(41_000)
      return alice.final(branch).statusCode
    }
    return { world, alice, bob, carol, sendSlowly }
  }

  it('is a 500, and the next message of the same sender passes', async () => {
    const { world, bob, sendSlowly } = await people()
    plantFault('poison')
    expect(sendSlowly('poison 1')).toBe(500)
    expect(sendSlowly('stored')).toBe(202)
    bob.answerWith = 200
    bob.inbox.length = 0
    bob.register(3600, { callId: 'again' })
    world.advance(400_000)
    expect(bob.requests('MESSAGE').map(bodyOf)).toEqual(['stored'])
  })

  it('names sender and message as the cause, and never the recipient', async () => {
    const { world, alice, bob, carol, sendSlowly } = await people()
    plantFault('poison')
    expect(['poison 1', 'poison 1', 'poison 2'].map((body) => sendSlowly(body))).toEqual([500, 500, 500])
    const failures = world.log.filter(({ event }) => event === 'shard.unit-failed').map(({ fields }) => fields)
    expect(failures.map((fields) => [fields?.who, fields?.what])).toEqual(
      Array(3).fill(['sip:alice@example.test', 'delivery-time']),
    )
    expect(failures[0]?.hash).toMatch(/^[0-9a-f]+$/)
    expect(failures[1]?.hash).toBe(failures[0]?.hash)
    expect(alice.message('bob', 'refused for a while', { callId: 'r' }).statusCode).toBe(503)
    expect(bob.message('carol', 'innocent', { callId: 'i' }).statusCode).toBe(200)
    bob.answerWith = 200
    expect(carol.message('bob', 'innocent', { callId: 'i' }).statusCode).toBe(200)
  })

  it('a device whose answer makes it throw does what the sender made it do', async () => {
    const { world, bob, sendSlowly } = await people()
    plantFault('poison')
    bob.answerWith = 480
    expect(sendSlowly('poison')).toBe(500)
    const failures = world.log.filter(({ event }) => event === 'shard.unit-failed').map(({ fields }) => fields)
    expect(failures.map((fields) => [fields?.who, fields?.what])).toEqual([
      ['sip:alice@example.test', 'outcome'],
      ['sip:alice@example.test', 'delivery-time'],
    ])
    expect(failures[0]?.hash).toBe(failures[1]?.hash)
  })
})
