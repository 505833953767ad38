/**
 * Pidgin's SIMPLE protocol (libpurple 2.14) signs in, sends and takes messages over UDP and TCP; it has no TLS. Its
 * digest is that of RFC 2069, without qop and nonce count, which the server accepts on plain transports only when it
 * is told to.
 */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeClient } from './support/client-programs.ts'
import { Counterpart } from './support/counterpart.ts'
import { compilePidgin, pidginNeeds, pidginYaml, startPidgin } from './support/pidgin.ts'
import type { Program } from './support/program.ts'
import { domain, type InteropServer, password, startMeridian } from './support/server.ts'

const transports = ['udp', 'tcp'] as const
type Transport = (typeof transports)[number]

describeClient(pidginNeeds, 'Pidgin (SIMPLE)', () => {
  let server: InteropServer
  let program: string
  const running: Program[] = []

  const start = (transport: Transport, me: string, secret = password): Program => {
    const pidgin = startPidgin(server, { program, transport, me, password: secret })
    running.push(pidgin)
    return pidgin
  }

  beforeAll(async () => {
    const users = transports.flatMap((transport) => [transport, `${transport}-peer`])
    server = await startMeridian({ users: [...users, 'away'], yaml: pidginYaml })
    program = await compilePidgin(server)
  })
  afterEach(async () => {
    for (const pidgin of running.splice(0)) await pidgin.stop()
  })
  afterAll(() => server?.stop())

  for (const transport of transports) {
    const [me, peer] = [transport, `${transport}-peer`]

    it(`${transport}: messages go both ways, non-ASCII text included`, async () => {
      const bob = await Counterpart.signIn(server, peer)
      const pidgin = start(transport, me)
      await pidgin.prints(/^signed on$/m)
      await pidgin.prints(/received CSeq \d+ PUBLISH vs known/)
      pidgin.type(`send ${peer}@${domain} Grüße von Pidgin über ${transport}: 你好 🙂`)
      await bob.hears(`Grüße von Pidgin über ${transport}: 你好 🙂`)
      // Pidgin takes one message of what it reads at once, and the next one when it reads again; so one at a time.
      await pidgin.prints(/received CSeq \d+ MESSAGE vs known/)
      expect(await bob.send(me, 'zurück: 你好 🙂')).toBe(200)
      await pidgin.prints(/^message .*: zurück: 你好 🙂$/m)
      pidgin.type('quit')
      expect(await pidgin.exits()).toBe('0')
      await bob.signOut()
    })

    it(`${transport}: a wrong password is refused`, async () => {
      const pidgin = start(transport, me, 'not the password')
      await pidgin.prints(/^error Incorrect password$/m)
    })
  }

  it('udp: what was sent while nobody was there comes at sign-in', async () => {
    const bob = await Counterpart.signIn(server, 'udp-peer')
    expect(await bob.send('away', 'für später: 再见')).toBe(202)
    await start('udp', 'away').prints(/^message sip:udp-peer@\S+: für später: 再见$/m)
    await bob.signOut()
  })
})
