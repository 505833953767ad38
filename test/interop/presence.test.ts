/**
 * Presence between real clients (RFC 3856, 3903): each sees the others come, change and go. What a client can do stands
 * in docs/interop.md.
 */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { BrowserClient, chromiumFile, type PageSite, servePage, startBrowser } from './support/browser.ts'
import { describeClient } from './support/client-programs.ts'
import { compilePidgin, pidginNeeds, pidginYaml } from './support/pidgin.ts'
import {
  baresipClient,
  linphoneClient,
  PageWatcher,
  type PresenceClient,
  pidginClient,
  type Started,
  type Watcher,
} from './support/presence-clients.ts'
import { domain, type InteropServer, password, startMeridian } from './support/server.ts'

/** Pidgin always over UDP: it has no TLS, and over TCP it keeps the second of two messages until a third one comes. */
const mixes = [
  { native: 'udp', web: 'ws' },
  { native: 'tcp', web: 'ws' },
  { native: 'tls', web: 'wss' },
] as const

const kinds = ['sipjs', 'linphone', 'pidgin', 'baresip'] as const

describeClient([chromiumFile, 'linphonec', 'baresip', ...pidginNeeds], 'presence of', () => {
  let server: InteropServer
  let purple: string
  let browser: Browser
  const sites: PageSite[] = []
  const running: Started['program'][] = []
  const pages: BrowserClient[] = []

  beforeAll(async () => {
    sites.push(await servePage('sip-js-page.ts'), await servePage('jssip-page.ts'))
    const origins = sites.map(({ origin }) => `"${origin}"`).join(', ')
    const users = mixes.flatMap(({ native }) => kinds.map((kind) => `${native}-${kind}`))
    users.push('ws-jssip', 'ws-sipjs', 'wss-jssip', 'wss-sipjs')
    server = await startMeridian({ users, yaml: `${pidginYaml}web:\n  allowedOrigins: [${origins}]\n` })
    purple = await compilePidgin(server)
    browser = await startBrowser()
  })
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close()
    for (const program of running.splice(0)) await program.stop()
  })
  afterAll(async () => {
    await browser?.close()
    for (const site of sites) await site.stop()
    await server?.stop()
  })

  const ran = ({ client, program }: Started): PresenceClient => {
    running.push(program)
    return client
  }

  const openPage = async (library: 'SIP.js' | 'JsSIP', web: 'ws' | 'wss', watcher: Watcher): Promise<PageWatcher> => {
    const url = `${web}://${server.host}:${server.port(web)}/`
    const site = sites[library === 'SIP.js' ? 0 : 1]!
    const page = await BrowserClient.open(browser, site, { url, uri: `sip:${watcher.user}@${domain}`, password })
    pages.push(page)
    return new PageWatcher(page, watcher, library === 'SIP.js')
  }

  for (const { native, web } of mixes) {
    const users = kinds.map((kind) => `${native}-${kind}`)
    const watcherOf = (user: string): Watcher => ({ user, watched: users.filter((each) => each !== user) })
    const [sipJs, linphone, purpleUser, baresip] = users.map(watcherOf) as [Watcher, Watcher, Watcher, Watcher]

    it(`SIP.js, Linphone, Pidgin and baresip over ${native}: each sees the others come, change and go`, async () => {
      const clients: PresenceClient[] = [
        await openPage('SIP.js', web, sipJs),
        ran(linphoneClient(server, native, linphone)),
        ran(pidginClient(server, { program: purple, transport: 'udp', me: purpleUser.user }, purpleUser.watched)),
        ran(baresipClient(server, native, baresip)),
      ]
      for (const client of clients) await client.isReady()
      const seeAll = async (of: PresenceClient, basic: 'open' | 'closed', from: readonly PresenceClient[]) => {
        for (const client of from) if (client !== of) await client.sees(of.user, basic)
      }
      for (const client of clients) await seeAll(client, 'open', clients)
      let changes = 0
      for (const client of clients) {
        for (const basic of ['closed', 'open'] as const) {
          if (client.publish === null) continue
          for (const each of clients) await each.forget()
          await client.publish(basic)
          await seeAll(client, basic, clients)
          changes++
        }
      }
      expect(changes).toBe(4)
      const left = [...clients]
      for (let client = left.shift(); client !== undefined; client = left.shift()) {
        for (const each of left) await each.forget()
        await client.signOut()
        await seeAll(client, 'closed', left)
      }
    }, 120_000)
  }

  for (const web of ['ws', 'wss'] as const) {
    it(`JsSIP and SIP.js over ${web}: one publishes, and both see the other come and go`, async () => {
      const [jsSipUser, sipJsUser] = [`${web}-jssip`, `${web}-sipjs`]
      const sipJs = await openPage('SIP.js', web, { user: sipJsUser, watched: [jsSipUser] })
      await sipJs.isReady()
      await sipJs.sees(jsSipUser, 'closed')
      const jsSip = await openPage('JsSIP', web, { user: jsSipUser, watched: [sipJsUser] })
      await jsSip.isReady()
      await sipJs.sees(jsSipUser, 'open')
      await jsSip.sees(sipJsUser, 'open')
      await sipJs.publish!('closed')
      await jsSip.sees(sipJsUser, 'closed')
      await sipJs.forget()
      await jsSip.signOut()
      await sipJs.sees(jsSipUser, 'closed')
    })
  }
})
