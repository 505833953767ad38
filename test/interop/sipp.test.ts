/**
 * SIPp 3.6.1 (Debian sip-tester, built without TLS) signs in, sends and takes messages over UDP and TCP.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeClient } from './support/client-programs.ts'
import { Counterpart } from './support/counterpart.ts'
import { type InteropServer, startMeridian } from './support/server.ts'
import { Sipp } from './support/sipp.ts'

const transports = ['udp', 'tcp'] as const
const kinds = ['caller', 'peer', 'away', 'watcher', 'presentity']

describeClient(['sipp'], 'SIPp', () => {
  let server: InteropServer
  const sipps: Sipp[] = []

  const start = (...options: ConstructorParameters<typeof Sipp>): Sipp => {
    const sipp = new Sipp(...options)
    sipps.push(sipp)
    return sipp
  }

  beforeAll(async () => {
    const users = transports.flatMap((transport) => kinds.map((kind) => `${transport}-${kind}`))
    server = await startMeridian({ users: [...users, 'lasting'] })
  })
  afterAll(async () => {
    for (const sipp of sipps) await sipp.stop()
    await server?.stop()
  })

  for (const transport of transports) {
    it(`${transport}: messages go both ways, non-ASCII text included`, async () => {
      const [me, peer] = [`${transport}-caller`, `${transport}-peer`]
      const bob = await Counterpart.signIn(server, peer)
      const text = `Grüße von SIPp über ${transport}: 你好 🙂`
      start(server, 'sign-in-and-send', { transport, me, peer, text, outOfCall: 'take-message' })
      await bob.hears(text)
      const answer = `zurück an ${me}: 你好 🙂`
      expect(await bob.send(me, answer)).toBe(200)
      await sipps.at(-1)!.trace(new RegExp(`MESSAGE sip:${me}@[\\s\\S]+${answer}`))
      await bob.signOut()
    })

    it(`${transport}: what was sent while nobody was there comes at sign-in`, async () => {
      const me = `${transport}-away`
      const bob = await Counterpart.signIn(server, `${transport}-peer`)
      const text = `für später über ${transport}: 再见`
      expect(await bob.send(me, text)).toBe(202)
      const sipp = start(server, 'sign-in', { transport, me, outOfCall: 'take-message' })
      await sipp.trace(new RegExp(`MESSAGE sip:${me}@[\\s\\S]+${text}`))
      await bob.signOut()
    })

    it(`${transport}: one sees what another publishes, and changes by its entity tag`, async () => {
      const [me, other] = [`${transport}-watcher`, `${transport}-presentity`]
      const watcher = start(server, 'watch', { transport, me, peer: other, takesNotifies: true })
      await watcher.trace(/NOTIFY sip:[\s\S]+<basic>closed</)
      const text = 'wieder da: 你好 🙂'
      const presentity = start(server, 'publish', { transport, me: other, text })
      await presentity.trace(/SIP-If-Match:[\s\S]+SIP\/2\.0 200 OK[\s\S]+PUBLISH/)
      await watcher.trace(new RegExp(`NOTIFY sip:[\\s\\S]+<basic>open<[\\s\\S]+<note>${text}</note>`))
    })

    it(`${transport}: a wrong password is challenged again, then refused with 403`, async () => {
      const me = `${transport}-caller`
      const sipp = start(server, 'sign-in-refused', { transport, me, password: 'not the password' })
      expect(await sipp.exits()).toBe('0')
    })

    it(`${transport}: a registration is refreshed and ended`, async () => {
      const me = 'lasting'
      const sipp = start(server, 'refresh-and-leave', { transport, me })
      expect(await sipp.exits()).toBe('0')
      const bob = await Counterpart.signIn(server, `${transport}-peer`)
      expect(await bob.send(me, 'anybody there?')).toBe(202)
      await bob.signOut()
    })
  }
})
