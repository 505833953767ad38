/**
 * The web client in a browser: each person in a context of his own, which notes what no page of ours may do: say
 * something on the console, ask anybody else, break the content security policy.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { waitMs } from './deadline.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** In the page, once its source is. */
declare const axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }

export interface PersonLook {
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
}

/**
 * What Chromium itself notes on the console of an answer that is no fault: the first request for the contact list is
 * challenged, and whoever has no list yet is told so. And of a connection that a test cuts.
 */
const expectedNotes = /(status of 40[14] .*\/xcap-root\/|WebSocket connection to .* failed)/

export class ChatPerson {
  readonly context: BrowserContext
  readonly #told: string[] = []
  readonly #origin: string
  page: Page

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.context = context
    this.page = page
    this.#origin = origin
  }

  static async open(browser: Browser, url: string, look: PersonLook = {}): Promise<ChatPerson> {
    const { width = 1_100, colorScheme = 'light' } = look
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, ignoreHTTPSErrors: true })
    context.setDefaultTimeout(waitMs)
    const page = await context.newPage()
    const person = new ChatPerson(context, page, new URL(url).origin)
    person.#listen(page)
    await page.goto(url)
    return person
  }

  /** Another tab of the same browser. */
  async openTab(): Promise<Page> {
    const page = await this.context.newPage()
    this.#listen(page)
    await page.goto(this.page.url())
    return page
  }

  async signIn(name: string, password: string, page = this.page): Promise<void> {
    await page.getByLabel('User name').fill(name)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  async isOnline(page = this.page): Promise<void> {
    await page.locator('[data-connection=online]').waitFor({ state: 'attached' })
  }

  async add(name: string): Promise<void> {
    await this.page.getByLabel('Add somebody').fill(name)
    await this.page.getByRole('button', { name: 'Add', exact: true }).click()
  }

  async write(to: string, text: string, page = this.page): Promise<void> {
    await page.getByLabel(`Message to ${to}`).fill(text)
    await page.keyboard.press('Enter')
  }

  /** A message in the conversation that is open; `mark`: of one's own. */
  async shows(text: string, mark?: string, page = this.page): Promise<void> {
    const message = page.locator(`.message${mark === undefined ? '' : `[data-mark="${mark}"]`}`)
    await message.filter({ hasText: text }).first().waitFor()
  }

  async violations(): Promise<readonly string[]> {
    // Through the protocol of the debugger: the page's own policy forbids it, as it should.
    await this.page.evaluate(axeSource)
    const found = await this.page.evaluate(async () => (await axe.run()).violations)
    return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
  }

  async isWiderThanWindow(): Promise<boolean> {
    const root = 'document.documentElement'
    return (await this.page.evaluate(`${root}.scrollWidth > ${root}.clientWidth`)) as boolean
  }

  /** What was told since the last time. */
  complaints(): readonly string[] {
    return this.#told.splice(0)
  }

  close(): Promise<void> {
    return this.context.close()
  }

  #listen(page: Page): void {
    page.on('console', (message) => {
      const note = `${message.text()} ${message.location().url}`
      if (!expectedNotes.test(note)) this.#told.push(`console: ${note}`)
    })
    page.on('pageerror', (error) => this.#told.push(`error: ${error.message}`))
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== this.#origin) this.#told.push(`request: ${request.url()}`)
    })
    page.on('websocket', (socket) => {
      const { host } = new URL(socket.url())
      if (host !== new URL(this.#origin).host) this.#told.push(`websocket: ${socket.url()}`)
    })
  }
}
