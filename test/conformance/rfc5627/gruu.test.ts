/**
 * RFC 5627: globally routable user agent URIs. A GRUU addresses one device: what is sent to it reaches that one or
 * nobody.
 */
import { describe, expect, it } from 'vitest'
import { bodyOf } from '../../support/played-messages.ts'
import { contactsOf } from '../../support/registrations.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 5627 with %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers, users: ['bob'] })
    world.addUser('alice', { aliases: ['al'] })
    const desk = new WireClient(world, 'alice')
    const phone = new WireClient(world, 'alice')
    const bob = new WireClient(world, 'bob')
    const answer = [desk.register(), phone.register()][1]!
    bob.register()
    const gruus = contactsOf(answer).map(({ params }) => ({
      pub: params.get('pub-gruu') ?? '',
      temp: params.get('temp-gruu') ?? '',
    }))
    return { world, desk, phone, bob, deskGruu: gruus[0]!, phoneGruu: gruus[1]! }
  }

  function send(from: WireClient, uri: string, body: string): number {
    return from.authenticated('MESSAGE', { uri, body, callId: `call ${body}` }).statusCode
  }

  it('§3.3: public and temporary GRUUs come with each Contact that has an instance, where supported', async () => {
    const { desk, deskGruu, phoneGruu } = await people()
    expect(deskGruu.pub).toBe(`sip:alice@example.test;gr=${desk.instance}`)
    expect(deskGruu.temp).toMatch(/^sip:tgruu~[\w-]+@example\.test;gr$/)
    expect(new Set([deskGruu.pub, deskGruu.temp, phoneGruu.pub, phoneGruu.temp]).size).toBe(4)
    expect(deskGruu.temp).not.toContain('alice')
    const plain = desk.register(3600, { headers: [['Supported', 'path']] })
    expect(plain.statusCode).toBe(200)
  })

  it.each(['pub', 'temp'] as const)('§5.1: a MESSAGE to a %s-gruu goes to that device only', async (kind) => {
    const { bob, desk, phone, deskGruu, phoneGruu } = await people()
    expect(send(bob, deskGruu[kind], 'to the desk')).toBe(200)
    expect(send(bob, phoneGruu[kind], 'to the phone')).toBe(200)
    expect(desk.requests('MESSAGE').map(bodyOf)).toEqual(['to the desk'])
    expect(phone.requests('MESSAGE').map(bodyOf)).toEqual(['to the phone'])
  })

  it.each(['pub', 'temp'] as const)('§5.1: an OPTIONS to a %s-gruu goes to that device only', async (kind) => {
    const { bob, desk, phone, phoneGruu } = await people()
    expect(bob.authenticated('OPTIONS', { uri: phoneGruu[kind] }).statusCode).toBe(200)
    expect([desk.requests('OPTIONS').length, phone.requests('OPTIONS').length]).toEqual([0, 1])
  })

  it('§5.1: a GRUU whose device is away is answered 480: nothing is kept, and no other device gets it', async () => {
    const { world, bob, desk, phone, phoneGruu } = await people()
    phone.close()
    expect(send(bob, phoneGruu.pub, 'nobody there')).toBe(480)
    const back = new WireClient(world, 'alice', { instance: phone.instance })
    back.register()
    world.advance(10_000)
    expect([...desk.requests('MESSAGE'), ...back.requests('MESSAGE')]).toEqual([])
  })

  it('§5.1: a device that refuses, or does not answer in time, is 480, and no other device is tried', async () => {
    const { world, bob, desk, phone, deskGruu } = await people()
    desk.answerWith = 415
    expect(send(bob, deskGruu.pub, 'strange')).toBe(480)
    desk.answerWith = null
    const branch = bob.send('MESSAGE', { uri: deskGruu.pub, body: 'silence' })
    world.advance(6_000)
    expect(bob.final(branch).statusCode).toBe(480)
    expect(phone.requests('MESSAGE')).toEqual([])
  })

  it('§5.1: a GRUU of an alias means the same device', async () => {
    const { bob, desk, phone } = await people()
    expect(send(bob, `sip:al@example.test;gr=${desk.instance}`, 'by alias')).toBe(200)
    expect([desk.requests('MESSAGE').length, phone.requests('MESSAGE').length]).toEqual([1, 0])
  })

  it('§3.2: temporary GRUUs die with a new Call-ID; the public one lives on', async () => {
    const { bob, desk, deskGruu } = await people()
    const renewed = desk.register(3600, { callId: 'another run' })
    const { params } = contactsOf(renewed)[0]!
    expect(send(bob, deskGruu.temp, 'old')).toBe(404)
    expect(send(bob, params.get('temp-gruu') ?? '', 'new')).toBe(200)
    expect(send(bob, deskGruu.pub, 'public')).toBe(200)
    expect(desk.requests('MESSAGE').map(bodyOf)).toEqual(['new', 'public'])
  })

  it('§3.2: every refresh of a registration gives one more temporary GRUU, and all of them stay good', async () => {
    const { bob, desk, deskGruu } = await people()
    const again = contactsOf(desk.register())[0]!.params.get('temp-gruu') ?? ''
    expect(again).not.toBe(deskGruu.temp)
    expect([send(bob, deskGruu.temp, 'first'), send(bob, again, 'second')]).toEqual([200, 200])
  })

  it('§5.1: forged and unknown GRUUs are refused with 404', async () => {
    const { bob, desk, deskGruu } = await people()
    const flipped = deskGruu.temp.replace(/~(.)/, (_, char) => `~${char === 'A' ? 'B' : 'A'}`)
    const forged = [
      flipped,
      'sip:tgruu~AAAA@example.test;gr',
      'sip:tgruu~@example.test;gr',
      'sip:alice@example.test;gr=urn:uuid:never-seen',
      `sip:bob@example.test;gr=${desk.instance}`,
      'sip:nobody@example.test;gr=urn:uuid:x',
    ]
    expect(forged.map((uri, index) => send(bob, uri, `forged ${index}`))).toEqual([404, 404, 404, 404, 404, 404])
    expect(desk.requests('MESSAGE')).toEqual([])
  })

  it('§3.2: GRUUs survive a restart of the server with the registration that they belong to', async () => {
    const { world, desk, deskGruu } = await people()
    const after = await world.restart()
    const back = new WireClient(after, 'alice', { instance: desk.instance })
    back.register(3600, { callId: `call-alice-${desk.port}`, cseq: 100 })
    const bob = new WireClient(after, 'bob')
    bob.register()
    expect(send(bob, deskGruu.pub, 'public')).toBe(200)
    expect(send(bob, deskGruu.temp, 'temporary')).toBe(200)
    expect(back.requests('MESSAGE').map(bodyOf)).toEqual(['public', 'temporary'])
  })
})
