/**
 * A headless Chromium with pages of our own: a client library made into one script, served on loopback over HTTP, so
 * that the page has an origin as pages of a company's site have.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { rolldown } from 'rolldown'
import type { PageClient, SignIn } from '../browser/page-client.ts'
import { waitMs } from './deadline.ts'

export const chromiumFile = '/usr/bin/chromium'

export interface PageSite {
  readonly origin: string
  stop(): Promise<void>
}

/** In the page. */
declare const client: PageClient

export async function servePage(scriptName: string): Promise<PageSite> {
  const bundle = await rolldown({ input: join(import.meta.dirname, '../browser', scriptName), logLevel: 'silent' })
  const { output } = await bundle.generate({ format: 'iife' })
  await bundle.close()
  const html = `<!doctype html><meta charset="utf-8"><title>client</title><script>${output[0].code}</script>`
  const server: Server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumFile,
    // The authority of the server under test is not the browser's; a sandbox needs more rights than a CI job has.
    args: ['--ignore-certificate-errors', '--no-sandbox', '--disable-gpu'],
    timeout: 60_000,
  })
}

/** One client in a tab of its own. */
export class BrowserClient {
  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  static async open(browser: Browser, site: PageSite, signIn: SignIn): Promise<BrowserClient> {
    const page = await browser.newPage()
    await page.goto(site.origin)
    await page.evaluate((how) => client.start(how), signIn)
    return new BrowserClient(page)
  }

  /** The first event that matches, of those behind the first `from`. */
  async tells(pattern: RegExp, from = 0): Promise<string> {
    const look = ([source, start]: [string, number]) =>
      client.events.slice(start).find((event) => new RegExp(source).test(event)) ?? null
    try {
      const wanted: [string, number] = [pattern.source, from]
      const found = await this.#page.waitForFunction(look, wanted, { timeout: waitMs })
      return (await found.jsonValue()) as string
    } catch (error) {
      const events = await this.#page.evaluate(() => client.events)
      throw new Error(`no event ${pattern} in ${JSON.stringify(events)}: ${error}`)
    }
  }

  send(to: string, text: string): Promise<void> {
    return this.#page.evaluate(([address, words]) => client.send(address!, words!), [to, text])
  }

  watch(address: string): Promise<void> {
    return this.#page.evaluate((whom) => client.watch(whom), address)
  }

  publish(basic: 'open' | 'closed'): Promise<void> {
    return this.#page.evaluate((state) => client.publish!(state), basic)
  }

  /** How many events there were so far, for `tells` to look behind them. */
  eventsCount(): Promise<number> {
    return this.#page.evaluate(() => client.events.length)
  }

  signOut(): Promise<void> {
    return this.#page.evaluate(() => client.signOut())
  }

  close(): Promise<void> {
    return this.#page.close()
  }
}
