/**
 * baresip 1.0 signs in, sends and takes messages over UDP, TCP and TLS, and holds a session with another one.
 */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { Baresip, type BaresipOptions } from './support/baresip.ts'
import { describeClient } from './support/client-programs.ts'
import { Counterpart } from './support/counterpart.ts'
import { domain, type InteropServer, startMeridian } from './support/server.ts'

const transports = ['udp', 'tcp', 'tls'] as const

describeClient(['baresip'], 'baresip', () => {
  let server: InteropServer
  const running: Baresip[] = []

  const start = (options: BaresipOptions): Baresip => {
    const baresip = new Baresip(server, options)
    running.push(baresip)
    return baresip
  }

  beforeAll(async () => {
    const names = transports.flatMap((transport) => ['one', 'two', 'peer'].map((name) => `${transport}-${name}`))
    server = await startMeridian({ users: names })
  })
  afterEach(async () => {
    for (const baresip of running.splice(0)) await baresip.stop()
  })
  afterAll(() => server?.stop())

  for (const transport of transports) {
    const [me, other, peer] = [`${transport}-one`, `${transport}-two`, `${transport}-peer`]

    it(`${transport}: what waited comes at sign-in, and messages go both ways, non-ASCII text included`, async () => {
      const bob = await Counterpart.signIn(server, peer)
      expect(await bob.send(me, 'für später: 再见')).toBe(202)
      const baresip = start({ transport, me, peer })
      await baresip.signsIn()
      await baresip.prints(new RegExp(`sip:${peer}@${domain}: "für später: 再见"`))
      await baresip.sends(`Grüße von baresip über ${transport}: 你好 🙂`)
      await bob.hears(`Grüße von baresip über ${transport}: 你好 🙂`)
      expect(await bob.send(me, 'zurück: 你好 🙂')).toBe(200)
      await baresip.prints(/: "zurück: 你好 🙂"/)
      await bob.signOut()
    })

    it(`${transport}: signing out ends the registration`, async () => {
      const bob = await Counterpart.signIn(server, peer)
      const baresip = start({ transport, me: other, peer })
      await baresip.signsIn()
      baresip.type('/quit')
      expect(await baresip.exits()).toBe('0')
      expect(await bob.send(other, 'are you there?')).toBe(202)
      await bob.signOut()
    })

    it(`${transport}: a session is refused, given up, held, and ended`, async () => {
      const caller = start({ transport, me, peer: other })
      const callee = start({ transport, me: other, peer: me })
      await Promise.all([caller.signsIn(), callee.signsIn()])
      caller.type(`/dial sip:${other}@${domain}`)
      await callee.prints(/Incoming call from/)
      caller.type('/hangup')
      await callee.prints(/CSeq: \d+ CANCEL/)
      await callee.prints(/487 Request Terminated[\s\S]+ACK sip:/)
      const [callerFrom, calleeFrom] = [caller.output.length, callee.output.length]
      caller.type(`/dial sip:${other}@${domain}`)
      await callee.prints(/Incoming call from/, { from: calleeFrom })
      callee.type('/accept')
      await caller.prints(/Call established/, { from: callerFrom })
      await callee.prints(/Call established/, { from: calleeFrom })
      caller.type('/hold')
      await callee.prints(/a=sendonly[\s\S]+a=recvonly/, { from: calleeFrom })
      callee.type('/hangup')
      await caller.prints(/CSeq: \d+ BYE[\s\S]+SIP\/2\.0 200 OK/, { from: callerFrom })
    })

    it(`${transport}: a wrong password is refused clearly`, async () => {
      const baresip = start({ transport, me, peer, password: 'not the password' })
      await baresip.prints(/sip:\S+@\S+: .*(?:401|403) /)
    })
  }
})
