/**
 * RFC 3327 (Path) and RFC 3608 (Service-Route): the way to a device behind a proxy is stored and used; the way for the
 * device's own requests is told.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { fetchBindings, registerWith } from '../../support/registrations.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

const path = ['<sip:outer.example.test;lr>', '<sip:flow@inner.example.test;lr;ob>']

describe.each([1, 3])('RFC 3327 with %i workers', (workers) => {
  async function withPath(supported: string) {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    const bob = new WireClient(world, 'bob')
    bob.register()
    const answer = registerWith(alice, [
      ['Contact', `<${alice.contact}>;+sip.instance="<${alice.instance}>"`],
      ['Path', path[0]!],
      ['Path', path[1]!],
      ['Supported', supported],
    ])
    return { world, alice, bob, answer }
  }

  it('§5.3: Path is stored, and becomes the Route of what is sent to the device, topmost first', async () => {
    const { alice, bob } = await withPath('path')
    expect(bob.message('alice', 'hello').statusCode).toBe(200)
    const got = alice.request('MESSAGE')
    expect(got.values(HeaderId.route)).toEqual(path)
    expect(got.requestUri).toBe(alice.contact)
  })

  it('§5.3: Path is echoed to clients that support it, and to no others', async () => {
    expect((await withPath('path')).answer.values(HeaderId.path)).toEqual(path)
    expect((await withPath('gruu')).answer.values(HeaderId.path)).toEqual([])
  })

  it('§5.3: a Path survives a restart with its binding, and goes with the REGISTER that has none', async () => {
    const { world, alice } = await withPath('path')
    const after = await world.restart()
    const back = new WireClient(after, 'alice', { instance: alice.instance })
    const bob = new WireClient(after, 'bob')
    bob.register()
    expect(fetchBindings(back).statusCode).toBe(200)
    registerWith(back, [['Contact', `<${back.contact}>;+sip.instance="<${back.instance}>"`]])
    expect(bob.message('alice', 'direct').statusCode).toBe(200)
    expect(back.request('MESSAGE').has(HeaderId.route)).toBe(false)
  })

  it('§5.2: Require: path is understood', async () => {
    const { alice } = await withPath('path')
    expect(registerWith(alice, [['Require', 'path']]).statusCode).toBe(200)
  })

  it('RFC 3608 §6.3: the 200 tells the route for own requests: this server, as the client reaches it', async () => {
    const { answer } = await withPath('path')
    expect(answer.values(HeaderId.serviceRoute)).toEqual(['<sip:192.0.2.1:5060;transport=tcp;lr>'])
  })

  it('RFC 3608 §6.1: a request with that Service-Route as its Route is served like one without', async () => {
    const { alice, bob, answer } = await withPath('path')
    const route = answer.values(HeaderId.serviceRoute)[0]!
    const sent = alice.authenticated('MESSAGE', {
      uri: 'sip:bob@example.test',
      headers: [['Route', route]],
      body: 'routed',
    })
    expect(sent.statusCode).toBe(200)
    expect(bob.request('MESSAGE').has(HeaderId.route)).toBe(false)
  })
})
