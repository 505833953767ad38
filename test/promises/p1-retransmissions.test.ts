/**
 * P1 and P3 for requests that come again: by another worker, by another transport, after kill -9. The same answer,
 * and one effect; what comes again proves nothing about the flow that it came by.
 */
import { describe, expect, it } from 'vitest'
import { bodyOf } from '../support/played-messages.ts'
import { contactsOf, fetchBindings } from '../support/registrations.ts'
import { ServerWorld } from '../support/server-world.ts'
import { type ClientOptions, WireClient } from '../support/wire-client.ts'

const branch = 'z9hG4bKthesame'

/** A MESSAGE with credentials, ready to be sent more than once. */
function messageOf(client: WireClient, body = 'once'): Buffer {
  const parts = { uri: 'sip:bob@example.test', body }
  const challenge = client.final(client.send('MESSAGE', parts))
  const headers = [client.credentials(challenge, 'MESSAGE', parts)]
  return client.encode('MESSAGE', { ...parts, headers, branch })
}

function registerOf(client: WireClient): Buffer {
  const parts = { uri: 'sip:example.test', to: client.aor }
  const challenge = client.final(client.send('REGISTER', { ...parts, headers: client.registerHeaders(600) }))
  const headers = [...client.registerHeaders(600), client.credentials(challenge, 'REGISTER', parts)]
  return client.encode('REGISTER', { ...parts, headers, branch })
}

function sent(client: WireClient, bytes: Buffer): number {
  client.sendBytes(bytes)
  return client.final(branch).statusCode
}

function mailOf(world: ServerWorld): number {
  return [...world.disk.durable.keys()].filter((key) => key.includes('\0mailbox-message\0')).length
}

describe.each([1, 3])('with %i workers', (workers) => {
  const ways: readonly (readonly [string, ClientOptions])[] = [
    ['a new TCP connection to another worker', { transport: 'tcp', worker: workers - 1 }],
    ['UDP after TCP', { transport: 'udp' }],
    ['a WebSocket', { transport: 'ws', worker: 0 }],
  ]

  it.each(ways)(
    'P1: a stored MESSAGE that comes again by %s is kept once, and answered the same',
    async (_way, options) => {
      const world = await ServerWorld.start({ workers })
      const alice = new WireClient(world, 'alice', { worker: 0 })
      const bytes = messageOf(alice)
      expect(sent(alice, bytes)).toBe(202)
      alice.close()
      const again = new WireClient(world, 'alice', options)
      expect(sent(again, bytes)).toBe(202)
      expect(mailOf(world)).toBe(1)
      // Whoever repeats what he overheard is answered, and not believed.
      const own = again.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'mine' })
      expect(again.final(own).statusCode).toBe(407)
    },
  )

  it.each(ways)('P1: a delivered MESSAGE that comes again by %s reaches nobody twice', async (_way, options) => {
    const world = await ServerWorld.start({ workers })
    const bob = new WireClient(world, 'bob')
    bob.register()
    const alice = new WireClient(world, 'alice', { worker: 0 })
    const bytes = messageOf(alice)
    expect(sent(alice, bytes)).toBe(200)
    expect(sent(new WireClient(world, 'alice', options), bytes)).toBe(200)
    expect(bob.requests('MESSAGE').map(bodyOf)).toEqual(['once'])
  })

  it('P1: one that comes again while the first still waits for its device waits with it', async () => {
    const world = await ServerWorld.start({ workers })
    const bob = new WireClient(world, 'bob')
    bob.register()
    bob.answerWith = null
    const alice = new WireClient(world, 'alice', { worker: 0 })
    const again = new WireClient(world, 'alice', { worker: workers - 1 })
    const bytes = messageOf(alice)
    alice.sendBytes(bytes)
    again.sendBytes(bytes)
    expect([alice.hasFinal(branch), again.hasFinal(branch)]).toEqual([false, false])
    bob.respond(bob.request('MESSAGE'), 200)
    expect([alice.final(branch).statusCode, again.final(branch).statusCode]).toEqual([200, 200])
    expect(bob.requests('MESSAGE')).toEqual([])
  })

  it('P1: after kill -9 a stored MESSAGE with its old nonce gets its answer again, and is kept once', async () => {
    const before = await ServerWorld.start({ workers })
    const alice = new WireClient(before, 'alice', { transport: 'udp', port: 32_000 })
    const bytes = messageOf(alice)
    expect(sent(alice, bytes)).toBe(202)
    const world = await before.restart(4 - workers)
    expect(sent(new WireClient(world, 'alice', { transport: 'udp', port: 32_000 }), bytes)).toBe(202)
    expect(mailOf(world)).toBe(1)
    const bob = new WireClient(world, 'bob')
    bob.register()
    world.advance(1_000)
    expect(bob.requests('MESSAGE').map(bodyOf)).toEqual(['once'])
  })

  it('P1: killed before the flush, it was not answered nor kept; sent again it is asked for a new proof', async () => {
    const before = await ServerWorld.start({ workers })
    const alice = new WireClient(before, 'alice')
    const bytes = messageOf(alice)
    before.disk.autoFlush = false
    alice.sendBytes(bytes)
    expect(alice.hasFinal(branch)).toBe(false)
    const world = await before.restart()
    const again = new WireClient(world, 'alice')
    again.sendBytes(bytes)
    const answer = again.final(branch)
    expect([answer.statusCode, again.message('bob', 'anew').statusCode, mailOf(world)]).toEqual([407, 202, 1])
  })

  it.each(ways)(
    'P1: a REGISTER that comes again by %s is answered the same and has no second effect',
    async (_way, options) => {
      const world = await ServerWorld.start({ workers })
      const alice = new WireClient(world, 'alice', { worker: 0 })
      const bytes = registerOf(alice)
      expect(sent(alice, bytes)).toBe(200)
      const again = new WireClient(world, 'alice', options)
      again.sendBytes(bytes)
      const answer = again.final(branch)
      expect([answer.statusCode, contactsOf(answer).map(({ uri }) => uri)]).toEqual([200, [alice.contact]])
      const bob = new WireClient(world, 'bob')
      expect(bob.message('alice', 'hello').statusCode).toBe(200)
      expect([alice.requests('MESSAGE').length, again.requests('MESSAGE').length]).toEqual([1, 0])
    },
  )

  it('P1: a REGISTER whose flow is gone, or of before kill -9, needs a new proof to move the binding', async () => {
    const before = await ServerWorld.start({ workers })
    const alice = new WireClient(before, 'alice', { instance: 'urn:uuid:a' })
    const bytes = registerOf(alice)
    expect(sent(alice, bytes)).toBe(200)
    alice.close()
    const moved = new WireClient(before, 'alice', { instance: 'urn:uuid:a' })
    expect(sent(moved, bytes)).toBe(401)
    const world = await before.restart()
    const again = new WireClient(world, 'alice', { instance: 'urn:uuid:a' })
    expect(sent(again, bytes)).toBe(401)
    expect(again.register().statusCode).toBe(200)
    expect(contactsOf(fetchBindings(again))).toHaveLength(1)
    const bob = new WireClient(world, 'bob')
    expect(bob.message('alice', 'hello').statusCode).toBe(200)
  })
})
