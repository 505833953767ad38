/**
 * Real clients that reach a front end alone (RFC 3327, RFC 3261 §8.3): SIPp, Linphone, Pidgin and SIP.js sign in
 * through it, write to a user who signed in at his home, and are written to. A front end that redirects sends SIPp and
 * Linphone to the home, where they go; Linphone follows for its REGISTER only, so there it is written to.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BrowserClient, chromiumFile, type PageSite, servePage, startBrowser } from './support/browser.ts'
import { describeClient } from './support/client-programs.ts'
import { Counterpart } from './support/counterpart.ts'
import { linphoneHome } from './support/linphone-configuration.ts'
import { compilePidgin, pidginNeeds, pidginYaml, startPidgin } from './support/pidgin.ts'
import { Program } from './support/program.ts'
import { domain, type InteropServer, password } from './support/server.ts'
import { Sipp } from './support/sipp.ts'
import { InteropTopology } from './support/topology.ts'

const testMs = 120_000
const roles = { front: 'front-end', home: 'home' } as const
const people = ['sipp', 'linphone', 'pidgin', 'browser', 'peer']
const users = Object.fromEntries(people.map((name) => [name, 'home']))

/** A Linphone whose server is this one. */
function startLinphone(server: InteropServer, transport: 'udp' | 'tcp'): Program {
  const { home, file } = linphoneHome(server, 'linphone', { transport, me: 'linphone' })
  return new Program('linphone-daemon', ['--config', file], { cwd: home, env: { HOME: home } })
}

/** It has a conversation with who signed in at the home. */
async function converse(linphone: Program, peer: Counterpart, text: string): Promise<void> {
  linphone.type(`message ${peer.aor} ${text}`)
  await peer.hears(text)
  await linphone.prints(/State: LinphoneChatMessageStateDelivered/)
  expect(await peer.send('linphone', `zurück: ${text}`)).toBe(200)
  await linphone.prints(new RegExp(`Content: "zurück: ${text}"`))
}

async function isRegistered(linphone: Program): Promise<void> {
  for (;;) {
    const from = linphone.output.length
    linphone.type('register-status ALL')
    const [, state] = await linphone.prints(/State: LinphoneRegistration(\w+)/, { from })
    if (state === 'Ok') return
  }
}

describe('through a front end that relays', { timeout: testMs }, () => {
  let topology: InteropTopology
  let site: PageSite
  let peer: Counterpart
  const running: { stop(): Promise<void> }[] = []
  const front = () => topology.server('front')

  beforeAll(async () => {
    site = await servePage('sip-js-page.ts')
    const yaml = `${pidginYaml}web:\n  allowedOrigins: ["${site.origin}"]\n`
    topology = await InteropTopology.start({ roles, users, yaml })
    peer = await Counterpart.signIn(topology.server('home'), 'peer', 'tcp')
  }, testMs)
  afterAll(async () => {
    for (const client of running) await client.stop()
    await peer?.signOut()
    await site?.stop()
    await topology?.stop()
  })

  describeClient(['sipp'], 'SIPp', () => {
    it.each(['udp', 'tcp'] as const)('%s: messages go both ways', async (transport) => {
      const text = `Grüße von SIPp über ${transport}: 你好 🙂`
      const options = { transport, me: 'sipp', peer: 'peer', text, outOfCall: 'take-message' }
      const sipp = new Sipp(front(), 'sign-in-and-send', options)
      running.push(sipp)
      await peer.hears(text)
      const answer = `zurück über ${transport}: 你好 🙂`
      expect(await peer.send('sipp', answer)).toBe(200)
      await sipp.trace(new RegExp(`MESSAGE sip:sipp@[\\s\\S]+${answer}`))
      await sipp.stop()
    })
  })

  describeClient(['linphone-daemon'], 'Linphone', () => {
    it.each(['udp', 'tcp'] as const)('%s: messages go both ways', async (transport) => {
      const linphone = startLinphone(front(), transport)
      running.push(linphone)
      await isRegistered(linphone)
      await converse(linphone, peer, `Grüße von Linphone über ${transport}: 你好 🙂`)
      await linphone.stop()
    })
  })

  describeClient(pidginNeeds, 'Pidgin (SIMPLE)', () => {
    it.each(['udp', 'tcp'] as const)('%s: messages go both ways', async (transport) => {
      const program = await compilePidgin(front())
      const pidgin = startPidgin(front(), { program, transport, me: 'pidgin' })
      running.push(pidgin)
      await pidgin.prints(/^signed on$/m)
      await pidgin.prints(/received CSeq \d+ PUBLISH vs known/)
      pidgin.type(`send peer@${domain} Grüße von Pidgin über ${transport}: 你好 🙂`)
      await peer.hears(`Grüße von Pidgin über ${transport}: 你好 🙂`)
      await pidgin.prints(/received CSeq \d+ MESSAGE vs known/)
      expect(await peer.send('pidgin', `zurück über ${transport}: 你好 🙂`)).toBe(200)
      await pidgin.prints(new RegExp(`^message .*: zurück über ${transport}: 你好 🙂$`, 'm'))
      await pidgin.stop()
    })
  })

  describeClient([chromiumFile], 'SIP.js in Chromium', () => {
    it('ws: messages go both ways', async () => {
      const browser: Browser = await startBrowser()
      running.push({ stop: () => browser.close() })
      const url = `ws://127.0.0.1:${front().port('ws')}/`
      const page = await BrowserClient.open(browser, site, { url, uri: `sip:browser@${domain}`, password })
      await page.tells(/^registered$/)
      await page.send(peer.aor, 'Grüße von SIP.js: 你好 🙂')
      await peer.hears('Grüße von SIP.js: 你好 🙂')
      await page.tells(/^sent: 200$/)
      expect(await peer.send('browser', 'zurück: 你好 🙂')).toBe(200)
      await page.tells(/^message: zurück: 你好 🙂$/)
      await page.close()
    })
  })
})

describe('sent on by a front end that redirects', { timeout: testMs }, () => {
  let topology: InteropTopology
  let peer: Counterpart
  const running: { stop(): Promise<void> }[] = []

  beforeAll(async () => {
    topology = await InteropTopology.start({ roles, users, redirects: true })
    peer = await Counterpart.signIn(topology.server('home'), 'peer', 'tcp')
  }, testMs)
  afterAll(async () => {
    for (const client of running) await client.stop()
    await peer?.signOut()
    await topology?.stop()
  })

  describeClient(['sipp'], 'SIPp', () => {
    it('is told its home, signs in there, and messages go both ways', async () => {
      const sent = new Sipp(topology.server('front'), 'redirected', { transport: 'tcp', me: 'sipp' })
      running.push(sent)
      const [, port] = await sent.trace(/SIP\/2\.0 302 [\s\S]+?Contact: <sip:127\.0\.0\.1:(\d+);transport=tcp>/)
      expect(await sent.exits()).toBe('0')
      const told: InteropServer = { ...topology.server('front'), port: () => Number(port) }
      const text = 'Grüße von SIPp, weitergeschickt: 你好 🙂'
      const options = { transport: 'tcp', me: 'sipp', peer: 'peer', text, outOfCall: 'take-message' } as const
      const sipp = new Sipp(told, 'sign-in-and-send', options)
      running.push(sipp)
      await peer.hears(text)
      expect(await peer.send('sipp', 'zurück: 你好 🙂')).toBe(200)
      await sipp.trace(/MESSAGE sip:sipp@[\s\S]+zurück: 你好 🙂/)
    })
  })

  describeClient(['linphone-daemon'], 'Linphone', () => {
    it('goes to its home by itself, and is written to there', async () => {
      const linphone = startLinphone(topology.server('front'), 'tcp')
      running.push(linphone)
      await isRegistered(linphone)
      expect(await peer.send('linphone', 'weitergeschickt: 你好 🙂')).toBe(200)
      await linphone.prints(/Content: "weitergeschickt: 你好 🙂"/)
    })
  })
})
