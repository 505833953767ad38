/**
 * RFC 3261 §16.6 step 4 and RFC 5658 §4: one Record-Route where both sides of the proxy are alike, two where they
 * differ.
 */
import { describe, expect, it } from 'vitest'
import type { TransportName } from '../../../src/ports/flows.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { parseNameAddr } from '../../../src/sip/message/name-addr.ts'
import { parseSipUri } from '../../../src/sip/uri/sip-uri.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { establish, sendInvite, sendWithin, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 5658 §4 Record-Route at %i workers', (workers) => {
  async function pair(caller: TransportName, callee: TransportName) {
    const world = await ServerWorld.start({ workers })
    return signedIn(
      new WireClient(world, 'alice', { transport: caller }),
      new WireClient(world, 'bob', { transport: callee }),
    )
  }

  it('one entry where both sides are alike, a loose one (lr) that names this server', async () => {
    const [alice, bob] = await pair('tcp', 'tcp')
    sendInvite(alice, 'bob')
    const entries = bob.request('INVITE').values(HeaderId.recordRoute)
    expect(entries).toHaveLength(1)
    const uri = parseSipUri(parseNameAddr(entries[0]!)!.uri)
    expect(uri).toMatchObject({ scheme: 'sip', host: '192.0.2.1', port: 5060 })
    expect(uri?.params.has('lr')).toBe(true)
  })

  it.each([
    { caller: 'tls', callee: 'tcp', top: 'transport=tcp', bottom: 'transport=tls' },
    { caller: 'wss', callee: 'tls', top: 'transport=tls', bottom: 'transport=ws' },
    { caller: 'tcp', callee: 'udp', top: 'transport=udp', bottom: 'transport=tcp' },
  ] as const)(
    "two from $caller to $callee: the callee's side on top, so that each end meets its own first",
    async (row) => {
      const [alice, bob] = await pair(row.caller, row.callee)
      const session = establish(alice, bob)
      expect(session.callee.routes[0]).toContain(row.top)
      expect(session.callee.routes[1]).toContain(row.bottom)
      expect(session.caller.routes[0]).toContain(row.bottom)
      sendWithin(alice, session.caller, 'INFO')
      expect(bob.request('INFO').has(HeaderId.route)).toBe(false)
    },
  )

  it('our entries stand above those of proxies before us (§16.6 step 4)', async () => {
    const [alice, bob] = await pair('tcp', 'tcp')
    sendInvite(alice, 'bob', { headers: [['Record-Route', '<sip:before.example.com;lr>']] })
    expect(bob.request('INVITE').values(HeaderId.recordRoute)[1]).toBe('<sip:before.example.com;lr>')
  })

  it('requests inside a dialog, and those that make none, are not recorded', async () => {
    const [alice, bob] = await pair('tcp', 'tcp')
    const session = establish(alice, bob)
    sendWithin(alice, session.caller, 'INVITE')
    expect(bob.request('INVITE').has(HeaderId.recordRoute)).toBe(false)
    alice.send('INFO', { uri: 'sip:bob@example.test' })
    expect(bob.request('INFO').has(HeaderId.recordRoute)).toBe(false)
  })

  it('RFC 3261 §16.6 step 4: where the Request-URI is SIPS the Record-Route MUST be SIPS', async () => {
    const [alice, bob] = await pair('tls', 'tls')
    sendInvite(alice, 'bob', { uri: 'sips:bob@example.test' })
    const entries = bob.request('INVITE').values(HeaderId.recordRoute)
    expect(entries.map((entry) => entry.slice(0, 6))).toEqual(['<sips:'])
  })

  it('the token says nothing to who reads it, and is another for each dialog’s ends', async () => {
    const [alice, bob] = await pair('tcp', 'tcp')
    const { caller } = establish(alice, bob)
    expect(caller.routes[0]).not.toContain('alice')
    expect(
      Buffer.from(parseSipUri(parseNameAddr(caller.routes[0]!)!.uri)!.user!, 'base64url').toString(),
    ).not.toContain('bob')
  })
})
