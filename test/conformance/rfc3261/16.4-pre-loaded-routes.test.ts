/**
 * RFC 3261 §16.4: Routes on requests outside a dialog. Our Service-Route (RFC 3608) leads here, and gives way to the
 * Path (RFC 3327) of the device.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { sendInvite, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 3261 §16.4 pre-loaded routes at %i workers', (workers) => {
  it('MUST remove a Route that names this proxy: the Service-Route of the 200 to REGISTER', async () => {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    const serviceRoute = alice.register().first(HeaderId.serviceRoute) as string
    const [bob] = signedIn(new WireClient(world, 'bob'))
    expect(serviceRoute).toBe('<sip:192.0.2.1:5060;transport=tcp;lr>')
    sendInvite(alice, 'bob', { headers: [['Route', serviceRoute]] })
    expect(bob.request('INVITE').has(HeaderId.route)).toBe(false)
  })

  it('RFC 3327 §5.1: the stored Path becomes the Route, topmost first', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice] = signedIn(new WireClient(world, 'alice'))
    const bob = new WireClient(world, 'bob', { regId: null })
    const path = ['<sip:edge1.example.com;lr>', '<sip:edge2.example.com;lr>']
    bob.register(3600, { headers: path.map((value) => ['Path', value] as const) })
    bob.answerWith = null
    sendInvite(alice, 'bob')
    expect(bob.request('INVITE').values(HeaderId.route)).toEqual(path)
  })

  it('a CANCEL follows the same Route as its INVITE (§9.1)', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice] = signedIn(new WireClient(world, 'alice'))
    const bob = new WireClient(world, 'bob', { regId: null })
    bob.register(3600, { headers: [['Path', '<sip:edge1.example.com;lr>']] })
    bob.answerWith = null
    const branch = sendInvite(alice, 'bob', { cseq: 30 })
    bob.respond(bob.request('INVITE'), 180)
    alice.send('CANCEL', { uri: 'sip:bob@example.test', branch, cseq: 30 })
    expect(bob.request('CANCEL').all(HeaderId.route)).toEqual(['<sip:edge1.example.com;lr>'])
  })
})
