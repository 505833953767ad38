/**
 * RFC 3261 §10.3 step 7 and §10.2: when two Contacts are one binding, how long it lives, and what of it is written.
 */
import { describe, expect, it } from 'vitest'
import { CountingDisk } from '../../support/counting-disk.ts'
import { bodyOf } from '../../support/played-messages.ts'
import { contactsOf, fetchBindings, listed, registerContacts } from '../../support/registrations.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

/** Counts the batches that a shard hands over. */
describe.each([1, 3])('RFC 3261 §10.3 step 7 with %i workers', (workers) => {
  async function plainClient(): Promise<{ world: ServerWorld; alice: WireClient }> {
    const world = await ServerWorld.start({ workers })
    return { world, alice: new WireClient(world, 'alice', { instance: null }) }
  }

  it('compares Contacts as URIs: host and parameter names by any case, the user by its own', async () => {
    const { alice } = await plainClient()
    registerContacts(alice, '<sip:Alice@Host.Example.Test;Transport=TCP>')
    registerContacts(alice, '<sip:Alice@host.example.test;transport=tcp>;expires=600')
    expect(contactsOf(fetchBindings(alice))).toHaveLength(1)
    registerContacts(alice, '<sip:alice@host.example.test;transport=tcp>')
    registerContacts(alice, '<sip:Alice@host.example.test:5060;transport=tcp>')
    registerContacts(alice, '<sip:Alice@host.example.test>')
    expect(contactsOf(fetchBindings(alice))).toHaveLength(4)
  })

  it('keeps the newest spelling of a Contact, and removes it by any', async () => {
    const { alice } = await plainClient()
    registerContacts(alice, '<sip:a%6cice@host.example.test>')
    registerContacts(alice, '<sip:alice@HOST.example.test;ob>')
    expect(contactsOf(fetchBindings(alice)).map(({ uri }) => uri)).toEqual(['sip:alice@HOST.example.test;ob'])
    expect(listed(registerContacts(alice, '<sip:alice@host.example.test;x=y>;expires=0'))).toEqual([])
  })

  it('takes the last of two Contacts that are one binding, in memory and in the store', async () => {
    const { world, alice } = await plainClient()
    const twice = registerContacts(alice, '<sip:a@192.0.2.7>', '<sip:a@192.0.2.7>;expires=100')
    expect(listed(twice)).toEqual(['sip:a@192.0.2.7 100'])
    registerContacts(alice, '<sip:a@192.0.2.7>;expires=0', '<sip:a@192.0.2.7>;expires=200')
    const again = new WireClient(await world.restart(), 'alice', { instance: null })
    expect(contactsOf(fetchBindings(again))).toHaveLength(1)
  })

  it('keeps several devices of a user, each with its q, and lists them all', async () => {
    const { world } = await plainClient()
    const desk = new WireClient(world, 'alice')
    const phone = new WireClient(world, 'alice', { transport: 'udp' })
    desk.register()
    const answer = phone.register()
    expect(contactsOf(answer).map(({ instanceId }) => instanceId)).toEqual([desk.instance, phone.instance])
    const bob = new WireClient(world, 'bob')
    expect(bob.message('alice', 'both').statusCode).toBe(200)
    expect([desk, phone].map((device) => bodyOf(device.request('MESSAGE')))).toEqual(['both', 'both'])
  })

  it('ends a binding when its time is over, not before and not a second later', async () => {
    const { world, alice } = await plainClient()
    registerContacts(alice, '<sip:a@192.0.2.7>;expires=60', '<sip:b@192.0.2.7>;expires=120')
    world.advance(59_500)
    expect(contactsOf(fetchBindings(alice))).toHaveLength(2)
    world.advance(1_000)
    expect(contactsOf(fetchBindings(alice)).map(({ uri }) => uri)).toEqual(['sip:b@192.0.2.7'])
    world.advance(60_000)
    expect(contactsOf(fetchBindings(alice))).toEqual([])
    expect([...world.disk.durable.keys()].filter((key) => key.includes('\0binding\0'))).toEqual([])
  })

  it('ends a binding at the time of its last refresh, also when that made its life shorter', async () => {
    const { world, alice } = await plainClient()
    registerContacts(alice, '<sip:a@192.0.2.7>;expires=3600')
    registerContacts(alice, '<sip:a@192.0.2.7>;expires=60')
    world.advance(61_000)
    expect(contactsOf(fetchBindings(alice))).toEqual([])
  })

  it('lets a refreshed binding live on', async () => {
    const { world, alice } = await plainClient()
    for (let round = 0; round < 10; round++) {
      registerContacts(alice, '<sip:a@192.0.2.7>;expires=60')
      world.advance(50_000)
    }
    expect(contactsOf(fetchBindings(alice))).toHaveLength(1)
  })

  it('ends a binding keyed by its Contact with the stream that it names, also in the store', async () => {
    const { world, alice } = await plainClient()
    alice.register()
    alice.close()
    const other = new WireClient(world, 'alice')
    expect(contactsOf(fetchBindings(other))).toEqual([])
    expect([...world.disk.durable.keys()].filter((key) => key.includes('\0binding\0'))).toEqual([])
  })

  it('writes nothing for a refresh below the stored ceiling: each fourth is written', async () => {
    const disk = new CountingDisk()
    const world = await ServerWorld.start({ workers, disk })
    const alice = new WireClient(world, 'alice')
    alice.register()
    const counts: number[] = []
    for (let refresh = 0; refresh < 12; refresh++) {
      world.advance(3_500_000)
      const before = disk.batches
      expect(alice.register().statusCode).toBe(200)
      counts.push(disk.batches - before)
    }
    // 3,600 s asked for every 3,500 s: the ceiling of 14,400 s is passed by each fourth.
    expect(counts).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1])
  })

  it('is unconfirmed after a restart: listed, not reachable, and reachable again when heard from', async () => {
    const before = await ServerWorld.start({ workers })
    new WireClient(before, 'alice', { transport: 'udp', port: 31_000 }).register()
    const world = await before.restart()
    const bob = new WireClient(world, 'bob')
    bob.register()
    const alice = new WireClient(world, 'alice', { transport: 'udp', port: 31_000 })
    expect(contactsOf(fetchBindings(alice))).toHaveLength(1)
    expect(bob.message('alice', 'early').statusCode).toBe(202)
    expect(alice.requests('MESSAGE')).toEqual([])
    expect(alice.register().statusCode).toBe(200)
    world.advance(1_000)
    expect(bodyOf(alice.request('MESSAGE'))).toBe('early')
    expect(bob.message('alice', 'now').statusCode).toBe(200)
  })

  it('expires as promised after a restart, and not at the ceiling that was stored', async () => {
    const before = await ServerWorld.start({ workers })
    new WireClient(before, 'alice', { port: 31_001 }).register(600)
    const world = await before.restart()
    const alice = new WireClient(world, 'alice', { instance: 'urn:uuid:alice-31001' })
    expect(alice.register(600).statusCode).toBe(200)
    world.advance(601_000)
    expect(contactsOf(fetchBindings(alice))).toEqual([])
  })
})
