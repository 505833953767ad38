/**
 * P2: nothing is delivered to the wrong person, and nothing removed comes back; whatever was restarted in between,
 * and in whatever order people come back.
 */
import { describe, expect, it } from 'vitest'
import { bodyOf } from '../support/played-messages.ts'
import { ServerWorld } from '../support/server-world.ts'
import { WireClient } from '../support/wire-client.ts'

const peopleCount = 1_000

describe.each([1, 3])('P2 with %i workers', (workers) => {
  it('a thousand stored bindings, clients back in another order on other flows: each gets what is his', async () => {
    const names = Array.from({ length: peopleCount }, (_, number) => `user${number}`)
    const before = await ServerWorld.start({ workers, users: ['sender', ...names] })
    for (const [number, name] of names.entries()) {
      const options = { instance: `urn:uuid:${name}`, port: 10_000 + number }
      expect(
        new WireClient(before, name, { ...options, transport: number % 2 ? 'udp' : 'tcp' }).register().statusCode,
      ).toBe(200)
    }
    const world = await before.restart(4 - workers)
    const sender = new WireClient(world, 'sender')
    sender.register()
    const send = (name: string, body: string) => sender.message(name, body, { callId: body }).statusCode
    expect(names.map((name) => send(name, `early ${name}`))).toEqual(names.map(() => 202))
    // Ports, and with them UDP peers and Contacts, belong to somebody else now.
    const order = names.map((_, index) => (index * 389 + 17) % peopleCount)
    const clients = new Map<string, WireClient>()
    for (const [place, number] of order.entries()) {
      const name = names[number]!
      const options = { instance: `urn:uuid:${name}`, port: 10_000 + place }
      const client = new WireClient(world, name, { ...options, transport: place % 2 ? 'udp' : 'tcp' })
      clients.set(name, client)
      if (place % 3 > 0) client.register()
    }
    world.advance(5_000)
    for (const name of names) send(name, `late ${name}`)
    world.advance(5_000)
    for (const [name, client] of clients) {
      const got = client.requests('MESSAGE').map(bodyOf)
      const isHere = order.indexOf(names.indexOf(name)) % 3 > 0
      expect(got, name).toEqual(isHere ? [`early ${name}`, `late ${name}`] : [])
    }
  }, 60_000)

  it('a binding that was removed does not come back by a restart, nor by a copy of an old REGISTER', async () => {
    const before = await ServerWorld.start({ workers })
    const alice = new WireClient(before, 'alice', { transport: 'udp', port: 31_500 })
    const parts = { uri: 'sip:example.test', to: alice.aor }
    const challenge = alice.final(alice.send('REGISTER', { ...parts, headers: alice.registerHeaders(600) }))
    const headers = [...alice.registerHeaders(600), alice.credentials(challenge, 'REGISTER', parts)]
    const bytes = alice.encode('REGISTER', { ...parts, headers, branch: 'z9hG4bKregister' })
    alice.sendBytes(bytes)
    expect(alice.final('z9hG4bKregister').statusCode).toBe(200)
    expect(alice.register(0).statusCode).toBe(200)
    before.advance(40_000)
    const copy = new WireClient(before, 'alice', { transport: 'udp', port: 31_501 })
    copy.sendBytes(bytes)
    expect(copy.final('z9hG4bKregister').statusCode).toBe(401)
    const world = await before.restart()
    const later = new WireClient(world, 'alice', { transport: 'udp', port: 31_502 })
    later.sendBytes(bytes)
    expect(later.final('z9hG4bKregister').statusCode).toBe(401)
    const bob = new WireClient(world, 'bob')
    expect(bob.message('alice', 'x').statusCode).toBe(202)
    expect([...world.disk.durable.keys()].filter((key) => key.includes('\0binding\0'))).toEqual([])
  })

  it('an overheard REGISTER moves no binding and makes no flow known', async () => {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    const parts = { uri: 'sip:example.test', to: alice.aor }
    const challenge = alice.final(alice.send('REGISTER', { ...parts, headers: alice.registerHeaders(600) }))
    const headers = [...alice.registerHeaders(600), alice.credentials(challenge, 'REGISTER', parts)]
    const overheard = alice.encode('REGISTER', { ...parts, headers, branch: 'z9hG4bKoverheard' })
    alice.sendBytes(overheard)
    const elsewhere = new WireClient(world, 'alice', { address: '203.0.113.66' })
    elsewhere.sendBytes(overheard)
    expect(elsewhere.final('z9hG4bKoverheard').statusCode).toBe(401)
    // Behind the same address the retransmission gets its answer, and no effect.
    const listener = new WireClient(world, 'alice')
    listener.sendBytes(overheard)
    expect(listener.final('z9hG4bKoverheard').statusCode).toBe(200)
    const bob = new WireClient(world, 'bob')
    bob.register()
    expect(bob.message('alice', 'confidential').statusCode).toBe(200)
    expect(listener.requests('MESSAGE')).toEqual([])
    expect(bodyOf(alice.request('MESSAGE'))).toBe('confidential')
    const spoken = listener.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'as alice' })
    expect(listener.final(spoken).statusCode).toBe(407)
  })
})
