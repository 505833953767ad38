/**
 * Sessions between SIPp peers (RFC 3261 §13 to §16) through the proxy: re-INVITE, BYE, CANCEL, and a forked INVITE.
 */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeClient } from './support/client-programs.ts'
import { type InteropServer, startMeridian } from './support/server.ts'
import { Sipp } from './support/sipp.ts'

describeClient(['sipp'], 'SIPp sessions', () => {
  let server: InteropServer
  const sipps: Sipp[] = []

  const start = (...options: ConstructorParameters<typeof Sipp>): Sipp => {
    const sipp = new Sipp(...options)
    sipps.push(sipp)
    return sipp
  }

  beforeAll(async () => {
    server = await startMeridian({
      users: ['caller', 'udp-one', 'udp-two', 'udp-many', 'tcp-one', 'tcp-two', 'tcp-many'],
    })
  })
  afterEach(async () => {
    for (const sipp of sipps.splice(0)) await sipp.stop()
  })
  afterAll(() => server?.stop())

  for (const transport of ['udp', 'tcp'] as const) {
    it(`${transport}: INVITE, re-INVITE and BYE`, async () => {
      const me = `${transport}-one`
      const callee = start(server, 'sign-in', { transport, me, outOfCall: 'take-call' })
      await callee.isSignedIn()
      const caller = start(server, 'call', { transport, me: 'caller', peer: me })
      expect(await caller.exits()).toBe('0')
    })

    it(`${transport}: CANCEL while it rings`, async () => {
      const me = `${transport}-two`
      const callee = start(server, 'sign-in', { transport, me, outOfCall: 'ring-until-cancelled' })
      await callee.isSignedIn()
      const caller = start(server, 'call-and-cancel', { transport, me: 'caller', peer: me })
      expect(await caller.exits()).toBe('0')
      await callee.trace(/ACK sip:/)
    })

    it(`${transport}: a forked INVITE rings at both devices, and the slower one is cancelled`, async () => {
      const me = `${transport}-many`
      const slow = start(server, 'sign-in', { transport, me, outOfCall: 'ring-until-cancelled' })
      const quick = start(server, 'sign-in', { transport, me, outOfCall: 'take-call-late' })
      await Promise.all([slow.isSignedIn(), quick.isSignedIn()])
      const caller = start(server, 'call-forked', { transport, me: 'caller', peer: me })
      expect(await caller.exits()).toBe('0')
      await slow.trace(/CANCEL sip:[\s\S]+487 Request Terminated/)
    })
  }
})
