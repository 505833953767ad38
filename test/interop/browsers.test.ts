/**
 * JsSIP and SIP.js in headless Chromium sign in, send and take messages over WS and WSS (RFC 7118).
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BrowserClient, chromiumFile, type PageSite, servePage, startBrowser } from './support/browser.ts'
import { describeClient } from './support/client-programs.ts'
import { Counterpart } from './support/counterpart.ts'
import { domain, type InteropServer, password, startMeridian } from './support/server.ts'

const libraries = [
  { name: 'JsSIP', script: 'jssip-page.ts' },
  { name: 'SIP.js', script: 'sip-js-page.ts' },
] as const

for (const { name, script } of libraries) {
  describeClient([chromiumFile], `${name} in Chromium`, () => {
    let server: InteropServer
    let site: PageSite
    let browser: Browser

    beforeAll(async () => {
      site = await servePage(script)
      const users = ['ws', 'wss'].flatMap((transport) => [transport, `${transport}-peer`])
      server = await startMeridian({ users, yaml: `web:\n  allowedOrigins: ["${site.origin}"]\n` })
      browser = await startBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      await site?.stop()
      await server?.stop()
    })

    const open = (transport: 'ws' | 'wss', secret = password): Promise<BrowserClient> => {
      const url = `${transport}://${server.host}:${server.port(transport)}/`
      return BrowserClient.open(browser, site, { url, uri: `sip:${transport}@${domain}`, password: secret })
    }

    for (const transport of ['ws', 'wss'] as const) {
      it(`${transport}: what waited comes at sign-in, and messages go both ways, non-ASCII text included`, async () => {
        const bob = await Counterpart.signIn(server, `${transport}-peer`)
        expect(await bob.send(transport, 'für später: 再见')).toBe(202)
        const page = await open(transport)
        await page.tells(/^registered$/)
        await page.tells(/^message: für später: 再见$/)
        await page.send(bob.aor, `Grüße von ${name} über ${transport}: 你好 🙂`)
        await bob.hears(`Grüße von ${name} über ${transport}: 你好 🙂`)
        await page.tells(/^sent: 200$/)
        expect(await bob.send(transport, 'zurück: 你好 🙂')).toBe(200)
        await page.tells(/^message: zurück: 你好 🙂$/)
        await page.signOut()
        await page.tells(/^unregistered$/)
        expect(await bob.send(transport, 'are you there?')).toBe(202)
        await page.close()
        await bob.signOut()
      })

      it(`${transport}: a wrong password is refused`, async () => {
        const page = await open(transport, 'not the password')
        await page.tells(/^registration failed: .*401$/)
        await page.close()
      })
    }
  })
}
