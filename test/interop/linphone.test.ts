/**
 * Linphone 5.1 (linphone-daemon) signs in with SHA-256, sends and takes messages over UDP, TCP and TLS, and subscribes
 * to lists: the contacts that the server keeps (RFC 4662) and those that it brings along (RFC 5367).
 */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeClient } from './support/client-programs.ts'
import { Counterpart } from './support/counterpart.ts'
import { linphoneHome } from './support/linphone-configuration.ts'
import { Program } from './support/program.ts'
import { domain, type InteropServer, password, startMeridian } from './support/server.ts'

const transports = ['udp', 'tcp', 'tls'] as const
type Transport = (typeof transports)[number]

interface Options {
  readonly secret?: string
  /** Further sections of its configuration. */
  readonly more?: string
}

/** It keeps its messages in a database below HOME, and dies where that folder is absent. */
function startLinphone(
  server: InteropServer,
  transport: Transport,
  me: string,
  { secret = password, more = '' }: Options = {},
): Program {
  const { home, file } = linphoneHome(server, 'linphone', { transport, me, secret, more })
  // What it is told about lists it says in its log only.
  const log = more === '' ? [] : ['--log', '/dev/stdout']
  return new Program('linphone-daemon', [...log, '--config', file], {
    cwd: home,
    env: { HOME: home },
  })
}

/** The daemon tells no registration events, so it is asked; an answer tells where it stands. */
async function registration(linphone: Program, wanted: RegExp): Promise<string> {
  for (;;) {
    const from = linphone.output.length
    linphone.type('register-status ALL')
    const [, state] = await linphone.prints(/State: LinphoneRegistration(\w+)/, { from })
    if (wanted.test(state!)) return state!
  }
}

describeClient(['linphone-daemon'], 'Linphone', () => {
  let server: InteropServer
  const running: Program[] = []

  const start = (...options: [Transport, string, Options?]): Program => {
    const linphone = startLinphone(server, ...options)
    running.push(linphone)
    return linphone
  }

  beforeAll(async () => {
    const users = transports.flatMap((transport) => [transport, `${transport}-peer`, `${transport}-stranger`])
    server = await startMeridian({ users: [...users, 'lists', 'friend'] })
  })
  afterEach(async () => {
    for (const linphone of running.splice(0)) await linphone.stop()
  })
  afterAll(() => server?.stop())

  for (const transport of transports) {
    const [me, peer] = [transport, `${transport}-peer`]

    it(`${transport}: what waited comes at sign-in, and messages go both ways, non-ASCII text included`, async () => {
      const bob = await Counterpart.signIn(server, peer)
      expect(await bob.send(me, 'für später: 再见')).toBe(202)
      const linphone = start(transport, me)
      await linphone.prints(/Content: "für später: 再见"/)
      linphone.type(`message ${bob.aor} Grüße von Linphone über ${transport}: 你好 🙂`)
      await bob.hears(`Grüße von Linphone über ${transport}: 你好 🙂`)
      await linphone.prints(/State: LinphoneChatMessageStateDelivered/)
      expect(await bob.send(me, 'zurück: 你好 🙂')).toBe(200)
      await linphone.prints(/Content: "zurück: 你好 🙂"/)
      linphone.type('unregister ALL')
      linphone.type('quit')
      expect(await linphone.exits()).toBe('0')
      expect(await bob.send(me, 'are you there?')).toBe(202)
      await bob.signOut()
    })

    it(`${transport}: a wrong password is refused`, async () => {
      const linphone = start(transport, `${transport}-stranger`, { secret: 'not the password' })
      expect(await registration(linphone, /^(?:Failed|Ok)$/)).toBe('Failed')
    })
  }

  const friend = `sip:friend@${domain}`
  it.each([
    ['that the server keeps', `[sip]\nbodyless_lists=sip:lists+contacts@${domain}`],
    ['of its own contacts', `[sip]\nrls_uri=sip:rls@${domain}\n[friend_0]\nurl=<${friend}>\npol=accept\nsubscribe=1`],
  ])('a list %s is told in full and then in part, and taken', async (_which, more) => {
    await server.command('contacts', 'add', 'lists', 'friend')
    const linphone = start('tcp', 'lists', { more })
    await linphone.prints(/LinphoneSubscriptionActive\] for event \S+ for friend list/)
    await linphone.prints(
      /version="0" fullState="true"[\s\S]*?<basic>closed[\s\S]*?SIP\/2.0 200 Ok[\s\S]*?CSeq: 1 NOTIFY/,
    )
    const from = linphone.output.length
    const bob = await Counterpart.signIn(server, 'friend')
    await linphone.prints(/fullState="false"[\s\S]*?<basic>open[\s\S]*?SIP\/2.0 200 Ok[\s\S]*?CSeq: 2 NOTIFY/, { from })
    await bob.signOut()
  })
})
