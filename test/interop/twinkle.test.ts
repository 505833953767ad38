/**
 * Twinkle 1.10 (twinkle-console) signs in, sends and takes messages, and publishes its state, over UDP and TCP. It
 * speaks no TLS.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeClient } from './support/client-programs.ts'
import { Counterpart } from './support/counterpart.ts'
import { freePort } from './support/free-port.ts'
import { OwnWatcher } from './support/own-watcher.ts'
import { Program } from './support/program.ts'
import { domain, type InteropServer, password, startMeridian } from './support/server.ts'

const transports = ['udp', 'tcp'] as const
type Transport = (typeof transports)[number]

async function startTwinkle(server: InteropServer, transport: Transport, me: string, secret: string): Promise<Program> {
  const home = join(server.folder, `twinkle-${me}`)
  mkdirSync(join(home, '.twinkle'), { recursive: true })
  const place = `${server.host}:${server.port(transport)}`
  const profile = [
    `user_name=${me}`,
    `user_domain=${domain}`,
    'auth_realm=',
    `auth_name=${me}`,
    `auth_pass=${secret}`,
    `outbound_proxy=${place}`,
    `registrar=${place}`,
    'register_at_startup=yes',
    'registration_time=600',
    `sip_transport=${transport}`,
    'im_send_iscomposing=no',
    'pres_publish_startup=yes',
  ]
  // Sound devices that are none: it wants three.
  const devices = ['dev_ringtone=null:', 'dev_speaker=null:', 'dev_mic=null:']
  writeFileSync(join(home, '.twinkle/user.cfg'), `${profile.join('\n')}\n`)
  writeFileSync(join(home, '.twinkle/twinkle.sys'), `${[...devices, `sip_port=${await freePort()}`].join('\n')}\n`)
  return new Program('twinkle-console', ['user.cfg'], { cwd: home, env: { HOME: home, LC_ALL: 'C.UTF-8' } })
}

describeClient(['twinkle-console'], 'Twinkle', () => {
  let server: InteropServer
  const running: Program[] = []

  const start = async (transport: Transport, me: string, secret = password): Promise<Program> => {
    const twinkle = await startTwinkle(server, transport, me, secret)
    running.push(twinkle)
    return twinkle
  }

  beforeAll(async () => {
    server = await startMeridian({ users: transports.flatMap((transport) => [transport, `${transport}-peer`]) })
  })
  afterEach(async () => {
    for (const twinkle of running.splice(0)) {
      // It does not heed SIGTERM.
      twinkle.type('quit')
      await twinkle.exits()
      await twinkle.stop()
    }
  })
  afterAll(() => server?.stop())

  for (const transport of transports) {
    const [me, peer] = [transport, `${transport}-peer`]

    it(`${transport}: what waited comes at sign-in, and messages go both ways, non-ASCII text included`, async () => {
      const bob = await Counterpart.signIn(server, peer)
      expect(await bob.send(me, 'für später: 再见')).toBe(202)
      const twinkle = await start(transport, me)
      await twinkle.prints(/registration succeeded/)
      await twinkle.prints(/Received message[\s\S]+für später: 再见/)
      twinkle.type(`message ${bob.aor} "Grüße von Twinkle über ${transport}: 你好 🙂"`)
      await bob.hears(`Grüße von Twinkle über ${transport}: 你好 🙂`)
      expect(await bob.send(me, 'zurück: 你好 🙂')).toBe(200)
      await twinkle.prints(/Received message[\s\S]+zurück: 你好 🙂/)
      twinkle.type('quit')
      await twinkle.prints(/de-registration succeeded: 200 OK/)
      expect(await bob.send(me, 'are you there?')).toBe(202)
      await bob.signOut()
    })

    it(`${transport}: others see its state, as its command sets it, and that it has gone`, async () => {
      const watcher = new OwnWatcher(server, peer, me)
      await watcher.sees('closed')
      const twinkle = await start(transport, me)
      await twinkle.prints(/registration succeeded/)
      await watcher.sees('open')
      twinkle.type('presence -b offline')
      await watcher.sees('closed')
      twinkle.type('presence -b online')
      await watcher.sees('open')
      twinkle.type('quit')
      await watcher.sees('closed')
      await watcher.stop()
    })

    it(`${transport}: a wrong password is refused`, async () => {
      const twinkle = await start(transport, me, 'not the password')
      await twinkle.prints(/registration failed: 40[13]/)
    })
  }
})
