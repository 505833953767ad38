/**
 * RFC 5626: bindings by instance and reg-id, each naming its flow; several flows of one device; the races between a new
 * flow and the death of the old one.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { bodyOf } from '../../support/played-messages.ts'
import { contactsOf, fetchBindings, registerContacts, registerWith } from '../../support/registrations.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

const instance = 'urn:uuid:00000000-0000-1000-8000-aabbccddeeff'

describe.each([1, 3])('RFC 5626 with %i workers', (workers) => {
  async function pair(): Promise<{ world: ServerWorld; bob: WireClient }> {
    const world = await ServerWorld.start({ workers })
    const bob = new WireClient(world, 'bob')
    bob.register()
    return { world, bob }
  }

  function flowOf(world: ServerWorld, regId = 1, transport: 'tcp' | 'udp' = 'tcp'): WireClient {
    return new WireClient(world, 'alice', { instance, regId, transport })
  }

  it('§6: the same instance and reg-id on a new flow replaces the binding in one step', async () => {
    const { world, bob } = await pair()
    const old = flowOf(world)
    old.register()
    const fresh = flowOf(world)
    expect(contactsOf(fresh.register()).map(({ uri }) => uri)).toEqual([fresh.contact])
    expect(bob.message('alice', 'hello').statusCode).toBe(200)
    expect([old.requests('MESSAGE').length, fresh.requests('MESSAGE').length]).toEqual([0, 1])
  })

  it('promise P2: the old flow dies after the REGISTER on a new one (Wi-Fi): the binding is not touched', async () => {
    const { world, bob } = await pair()
    const old = flowOf(world)
    old.register()
    const fresh = flowOf(world)
    fresh.register()
    old.close()
    expect(bob.message('alice', 'still here').statusCode).toBe(200)
    expect(bodyOf(fresh.request('MESSAGE'))).toBe('still here')
  })

  it('promise P2: the old flow dies before the REGISTER on the new one: stored meanwhile, then delivered', async () => {
    const { world, bob } = await pair()
    const old = flowOf(world)
    old.register()
    old.close()
    expect(bob.message('alice', 'in between').statusCode).toBe(202)
    const fresh = flowOf(world)
    expect(contactsOf(fresh.register())).toHaveLength(1)
    world.advance(1_000)
    expect(bodyOf(fresh.request('MESSAGE'))).toBe('in between')
    expect(bob.message('alice', 'live again').statusCode).toBe(200)
  })

  it('promise P2: a flow that dies while its REGISTER is being flushed leaves no binding that names it', async () => {
    const { world, bob } = await pair()
    world.disk.autoFlush = false
    const device = flowOf(world)
    const challenged = device.final(device.send('REGISTER', registerParts(device)))
    device.send('REGISTER', registerParts(device, [device.credentials(challenged, 'REGISTER')]))
    device.close()
    world.disk.autoFlush = true
    world.settle()
    const [shown] = devicesOf(world, 'alice')
    expect(shown).toMatchObject({ deviceKey: instance, online: false })
    expect(bob.message('alice', 'for later').statusCode).toBe(202)
  })

  it('§5.3: several flows of one device get one copy, by the newest; the next one when that dies', async () => {
    const { world, bob } = await pair()
    const first = flowOf(world, 1)
    const second = flowOf(world, 2)
    first.register()
    expect(contactsOf(second.register())).toHaveLength(2)
    expect(bob.message('alice', 'one').statusCode).toBe(200)
    expect([first.requests('MESSAGE').length, second.requests('MESSAGE').length]).toEqual([0, 1])
    second.close()
    expect(bob.message('alice', 'two').statusCode).toBe(200)
    expect(bodyOf(first.request('MESSAGE'))).toBe('two')
  })

  it('§5.3: 430 from one flow tries the next of the device, never both', async () => {
    const { world, bob } = await pair()
    const first = flowOf(world, 1)
    const second = flowOf(world, 2)
    first.register()
    second.register()
    second.answerWith = 430
    expect(bob.message('alice', 'hello').statusCode).toBe(200)
    expect([first.requests('MESSAGE').length, second.requests('MESSAGE').length]).toEqual([1, 1])
  })

  it('§6: outbound is confirmed by Require and Flow-Timer only where the client knows it and used it', async () => {
    const { world } = await pair()
    const answer = flowOf(world).register()
    expect([answer.values(HeaderId.require), answer.named('Flow-Timer')]).toEqual([['outbound'], '120'])
    const plain = new WireClient(world, 'alice', { instance: null })
    expect(plain.register().named('Flow-Timer')).toBe(null)
    const silent = flowOf(world)
    const unaware = registerWith(silent, [['Contact', `<${silent.contact}>;+sip.instance="<${instance}>";reg-id=1`]])
    expect([unaware.statusCode, unaware.values(HeaderId.require)]).toEqual([200, []])
  })

  it('§6: a reg-id behind a proxy that does not keep flows is answered 439', async () => {
    const { world } = await pair()
    const device = flowOf(world)
    device.register()
    const behind = (path: string) =>
      registerWith(device, [
        ['Via', 'SIP/2.0/TCP 10.0.0.1;branch=z9hG4bKinner'],
        ...(path === '' ? [] : [['Path', path] as const]),
        ...device.registerHeaders(600),
      ]).statusCode
    expect(behind('')).toBe(439)
    expect(behind('<sip:edge.example.test;lr>')).toBe(439)
    expect(behind('<sip:flow@edge.example.test;lr;ob>')).toBe(200)
  })

  it('§6: a reg-id without an instance is ignored; an instance without a reg-id has one Contact', async () => {
    const { world } = await pair()
    const device = flowOf(world)
    device.register()
    registerContacts(device, '<sip:x@192.0.2.7>;reg-id=1', '<sip:y@192.0.2.7>;expires=0')
    registerContacts(device, `<sip:a@192.0.2.7>;+sip.instance="<urn:uuid:other>"`)
    const answer = registerContacts(device, `<sip:b@192.0.2.7>;+sip.instance="<urn:uuid:other>"`)
    expect(contactsOf(answer).map(({ uri, regId }) => [uri, regId])).toEqual([
      [device.contact, 1],
      ['sip:x@192.0.2.7', null],
      ['sip:b@192.0.2.7', null],
    ])
  })

  it('§6: a REGISTER that would set several Contacts, one with a reg-id, is refused as a whole', async () => {
    const { world } = await pair()
    const device = flowOf(world)
    device.register()
    const other = '<sip:b@192.0.2.7>'
    const own = `<${device.contact}>;+sip.instance="<${instance}>";reg-id=1`
    expect(registerContacts(device, own, other).statusCode).toBe(400)
    expect(contactsOf(fetchBindings(device))).toHaveLength(1)
    expect(registerContacts(device, own, `${other};expires=0`).statusCode).toBe(200)
  })

  it('a UDP device that moves to TCP and back is one device', async () => {
    const { world, bob } = await pair()
    flowOf(world, 1, 'udp').register()
    const tcp = flowOf(world)
    tcp.register()
    expect(bob.message('alice', 'by tcp').statusCode).toBe(200)
    expect(bodyOf(tcp.request('MESSAGE'))).toBe('by tcp')
    const udp = flowOf(world, 1, 'udp')
    expect(contactsOf(udp.register())).toHaveLength(1)
    tcp.close()
    expect(bob.message('alice', 'by udp').statusCode).toBe(200)
    expect(bodyOf(udp.request('MESSAGE'))).toBe('by udp')
  })

  it('an instance with quotes and brackets in it comes back as it came, in headers that can be read', async () => {
    const { world } = await pair()
    const odd = new WireClient(world, 'alice', { instance: 'urn:x:\\"a\\";b' })
    const answer = odd.register()
    expect(answer.statusCode).toBe(200)
    expect(contactsOf(fetchBindings(odd))).toHaveLength(1)
    expect(contactsOf(odd.register())).toHaveLength(1)
  })
})

function registerParts(device: WireClient, more: readonly (readonly [string, string])[] = []) {
  return { uri: 'sip:example.test', to: device.aor, headers: [...device.registerHeaders(600), ...more] }
}

function devicesOf(world: ServerWorld, name: string) {
  const shown = world.admin(name, { act: 'show' })
  if (!shown.ok) throw new Error(shown.message)
  return shown.devices
}
