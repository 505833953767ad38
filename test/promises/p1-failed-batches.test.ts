/**
 * P1 and P3 when the store refuses or fails a batch: whoever would have been promised something is told 503, nothing
 * is half kept, and what was not in the batch goes on.
 */
import { describe, expect, it } from 'vitest'
import { bodyOf } from '../support/played-messages.ts'
import { contactsOf, fetchBindings, registerWith } from '../support/registrations.ts'
import { aorOf, ServerWorld, secretsOf } from '../support/server-world.ts'
import { WireClient } from '../support/wire-client.ts'

const cases = [1, 3].flatMap((workers) => (['refused', 'failed'] as const).map((reason) => ({ workers, reason })))

describe.each(cases)('a batch that is $reason, with $workers workers', ({ workers, reason }) => {
  async function people() {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    const bob = new WireClient(world, 'bob')
    bob.register()
    return { world, alice, bob }
  }

  /** The user's records are read again in a turn of their own. */
  async function readAgain(world: ServerWorld): Promise<void> {
    for (let turn = 0; turn < 3; turn++) {
      world.settle()
      await null
    }
    world.settle()
  }

  it('P3: a REGISTER is answered 503 and leaves neither a binding nor a record', async () => {
    const { world, alice, bob } = await people()
    const records = [...world.disk.durable.keys()]
    world.disk.failNext(reason)
    expect(alice.register().statusCode).toBe(503)
    await readAgain(world)
    expect([...world.disk.durable.keys()]).toEqual(records)
    expect(contactsOf(fetchBindings(alice))).toEqual([])
    expect(bob.message('alice', 'x').statusCode).toBe(202)
    expect(alice.register().statusCode).toBe(200)
  })

  it('P1: a removal is answered 503 and the binding is still there, also after a restart', async () => {
    const { world, alice } = await people()
    alice.register()
    world.disk.failNext(reason)
    expect(alice.register(0).statusCode).toBe(503)
    await readAgain(world)
    expect(contactsOf(fetchBindings(alice))).toHaveLength(1)
    const again = new WireClient(await world.restart(), 'alice')
    expect(contactsOf(fetchBindings(again))).toHaveLength(1)
  })

  it('P4: a refresh past what the store had promised is answered 503, and the device stays reachable', async () => {
    const { world, alice, bob } = await people()
    expect(alice.register(600).statusCode).toBe(200)
    for (let refresh = 0; refresh < 3; refresh++) {
      world.advance(500_000)
      expect(alice.register(600).statusCode).toBe(200)
    }
    world.advance(500_000)
    world.disk.failNext(reason)
    expect(alice.register(600).statusCode).toBe(503)
    await readAgain(world)
    expect(bob.message('alice', 'still there').statusCode).toBe(200)
    expect(alice.requests('MESSAGE').map(bodyOf)).toEqual(['still there'])
  })

  it('P3: a MESSAGE that cannot be stored is answered 503 and is not kept; sent again it is, once', async () => {
    const { world, alice, bob } = await people()
    bob.register(0)
    bob.close()
    alice.register()
    world.disk.failNext(reason)
    expect(alice.message('bob', 'lost').statusCode).toBe(503)
    await readAgain(world)
    expect(alice.message('bob', 'kept').statusCode).toBe(202)
    const back = new WireClient(world, 'bob')
    back.register()
    world.advance(1_000)
    expect(back.requests('MESSAGE').map(bodyOf)).toEqual(['kept'])
  })

  it('P4: devices on line stay reachable when their user’s batch fails: deliveries go on without a disk', async () => {
    const { world, alice, bob } = await people()
    const away = new WireClient(world, 'bob')
    away.register()
    away.close()
    alice.register()
    world.disk.failNext(reason)
    // The desk takes it, but the phone's queue entry cannot be written.
    expect(alice.message('bob', 'first').statusCode).toBe(503)
    await readAgain(world)
    world.disk.failNext(reason)
    expect(alice.message('bob', 'second', { headers: [['Expires', '0']] }).statusCode).toBe(200)
    expect(bob.requests('MESSAGE').map(bodyOf)).toEqual(['first', 'second'])
  })

  it('P2: a binding whose move was not written is not believed, neither at the old flow nor at the new', async () => {
    const { world, bob } = await people()
    const old = new WireClient(world, 'alice', { instance: 'urn:uuid:a' })
    old.register()
    const fresh = new WireClient(world, 'alice', { instance: 'urn:uuid:a' })
    world.disk.failNext(reason)
    expect(fresh.register().statusCode).toBe(503)
    await readAgain(world)
    expect(bob.message('alice', 'x').statusCode).toBe(202)
    expect(fresh.register().statusCode).toBe(200)
    world.advance(1_000)
    expect([old.requests('MESSAGE').length, fresh.requests('MESSAGE').length]).toEqual([0, 1])
  })

  it('P1: a refresh that wrote nothing waits for the batch before it, and fails with it', async () => {
    const { world, alice } = await people()
    alice.register()
    world.disk.autoFlush = false
    const register = (contact: string) =>
      alice.send('REGISTER', { uri: 'sip:example.test', to: alice.aor, headers: [['Contact', contact]] })
    const added = register('<sip:second@192.0.2.7>')
    const fetched = alice.send('REGISTER', { uri: 'sip:example.test', to: alice.aor })
    expect([alice.hasFinal(added), alice.hasFinal(fetched)]).toEqual([false, false])
    world.disk.failNext(reason)
    world.disk.autoFlush = true
    await readAgain(world)
    expect([alice.final(added).statusCode, alice.final(fetched).statusCode]).toEqual([503, 503])
    expect(contactsOf(fetchBindings(alice))).toHaveLength(1)
  })

  it('P1: what comes for a user while he is read again waits, and is served from what was read', async () => {
    const { world, alice, bob } = await people()
    alice.register()
    world.disk.autoFlush = false
    const lost = alice.send('REGISTER', {
      uri: 'sip:example.test',
      to: alice.aor,
      headers: [['Contact', '<sip:lost@192.0.2.7>']],
    })
    world.disk.failNext(reason)
    world.disk.flush()
    const meanwhile = bob.send('MESSAGE', { uri: 'sip:alice@example.test', body: 'meanwhile' })
    world.disk.autoFlush = true
    await readAgain(world)
    expect([alice.final(lost).statusCode, bob.final(meanwhile).statusCode]).toEqual([503, 200])
    expect(bodyOf(alice.request('MESSAGE'))).toBe('meanwhile')
  })

  it('P1: an administrator is told that the store did not take a change, and everything is as before', async () => {
    const { world, alice } = await people()
    alice.register()
    const secrets = secretsOf(aorOf('alice'), 'new')
    for (const act of [
      { act: 'set-disabled', disabled: true } as const,
      { act: 'set-password', secrets } as const,
      { act: 'remove' } as const,
    ]) {
      world.disk.failNext(reason)
      expect(world.admin('alice', act)).toMatchObject({ ok: false, error: 'unavailable' })
      await readAgain(world)
    }
    expect(alice.closedBy).toBe(null)
    expect(new WireClient(world, 'alice').register().statusCode).toBe(200)
  })

  it('P1: other users of the same shard are not touched', async () => {
    const { world, alice, bob } = await people()
    alice.register()
    world.disk.failNext(reason)
    registerWith(alice, [['Contact', '<sip:second@192.0.2.7>']])
    expect(bob.message('bob', 'still here').statusCode).toBe(200)
    expect(bob.requests('MESSAGE')).toHaveLength(1)
  })
})
