/**
 * The console in headless Chromium, by a real server: signing in, the state at a glance, users and devices, what each
 * role sees; what others have typed stays text; and each view is accessible, silent and fits.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chromiumFile, startBrowser } from './support/browser.ts'
import { describeClient } from './support/client-programs.ts'
import { ConsolePage } from './support/console-page.ts'
import { Counterpart } from './support/counterpart.ts'
import { type InteropServer, startMeridian } from './support/server.ts'

const owning = "document.title='owned'"
const hostile = `<img src=x onerror="${owning}"><script>${owning}</script>`

describeClient([chromiumFile], 'the console in Chromium', () => {
  let server: InteropServer
  let browser: Browser
  let url: string
  const tokens: Record<string, string> = {}

  beforeAll(async () => {
    server = await startMeridian({ users: ['anna', 'ben', 'cara'], yaml: 'admin:\n  requestsPerSecond: 1000\n' })
    url = `https://${server.host}:${server.port('wss')}/console`
    await server.command('user', 'add', 'mallory', '--generate', '--display-name', hostile)
    browser = await startBrowser()
    for (const role of ['reader', 'operator', 'administrator']) tokens[role] = await newToken(role, role)
    mkdirSync(join(server.folder, 'report'))
    const verdict = { word: 'fits', sentence: `10,000 users fit. ${hostile}`, paragraph: '', label: 'projected' }
    writeFileSync(join(server.folder, 'report/report.json'), JSON.stringify({ verdict, warnings: [hostile] }))
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  async function newToken(role: string, name: string): Promise<string> {
    const said = await server.command('admin', 'token', 'create', '--role', role, '--name', name)
    return /mrd_\S+/.exec(said)![0]
  }

  async function signedIn(role: string, look = {}): Promise<ConsolePage> {
    const console = await ConsolePage.open(browser, url, look)
    await console.signIn(tokens[role]!)
    await console.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    return console
  }

  it('a wrong token is told; a right one is kept nowhere that a script can read', async () => {
    const console = await ConsolePage.open(browser, url)
    await console.signIn('mrd_wrong')
    await console.page.getByText('The token is wrong, or it is over.').waitFor()
    await console.signIn(tokens.reader!)
    await console.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    const kept = 'document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)'
    expect(await console.page.evaluate(kept)).toBe('{}{}')
    const [cookie] = await console.page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict', path: '/' })
    // The session outlives the page, and ends by the button.
    await console.page.reload()
    await console.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await console.page.getByRole('button', { name: 'Sign out' }).click()
    await console.page.getByLabel('Token').waitFor()
    await console.page.reload()
    await console.page.getByLabel('Token').waitFor()
    expect(console.complaints()).toEqual([])
    await console.close()
  })

  it('the state at a glance moves with the server', async () => {
    const console = await signedIn('reader')
    const users = console.page.locator('.figures div', { hasText: 'Registered users' }).locator('dd')
    await expect.poll(() => users.textContent()).toBe('0')
    const anna = await Counterpart.signIn(server, 'anna')
    await expect.poll(() => users.textContent(), { timeout: 10_000 }).toBe('1')
    expect(await console.page.getByRole('row', { name: /Worker [01]/ }).count()).toBe(2)
    expect(await console.page.getByText(/\d+ days left/).count()).toBe(2)
    await console.page.getByRole('img', { name: /Messages a second: now/ }).waitFor()
    await anna.signOut()
    expect(console.complaints()).toEqual([])
    await console.close()
  })

  it('an operator finds a user, signs a device out, disables and enables, and the audit says who', async () => {
    await Counterpart.signIn(server, 'ben')
    const console = await signedIn('operator')
    console.page.on('dialog', (dialog) => void dialog.accept())
    await console.go('Users')
    await console.page.getByText('4 users').waitFor()
    await console.page.getByLabel('Search by address or name').fill('BEN')
    await console.page.getByText('1 user', { exact: true }).waitFor()
    await console.page.getByRole('link', { name: 'ben@example.test' }).click()
    await console.page
      .getByRole('button', { name: /^Sign out (?!all)/ })
      .last()
      .click()
    await console.page.getByText('The device is signed out.').waitFor()
    await console.page.getByText('None.').waitFor()
    await console.page.getByRole('button', { name: 'Disable' }).click()
    await console.page.getByText('Disabled.').waitFor()
    await console.page.getByRole('button', { name: 'Enable' }).click()
    await console.page.getByText('Enabled.').waitFor()
    const audit = readFileSync(join(server.folder, 'data/audit.jsonl'), 'utf8').split('\n').filter(Boolean)
    const own = audit.map((line) => JSON.parse(line)).filter(({ by }) => by.startsWith('token operator ('))
    expect(own.map(({ event }) => event)).toEqual(['user.signed-out', 'user.disabled', 'user.enabled'])
    expect(console.complaints()).toEqual([])
    await console.close()
  })

  it('a reader sees no button that changes anything', async () => {
    const cara = await Counterpart.signIn(server, 'cara')
    const console = await signedIn('reader')
    await console.page.goto(`${url}#users/${encodeURIComponent('sip:cara@example.test')}`)
    await console.page.getByRole('region', { name: 'Devices' }).waitFor()
    const buttons = await console.page.getByRole('button').allTextContents()
    expect(buttons).toEqual(['Sign out'])
    expect(console.complaints()).toEqual([])
    await console.close()
    await cara.signOut()
  })

  it('what others have typed is text: display names, devices, certificates, reports', async () => {
    const console = await signedIn('administrator')
    const { page } = console
    await page.route('**/v1/summary', async (route) => {
      const answer = await (await route.fetch()).json()
      answer.value.certificates[0].subject = hostile
      await route.fulfill({ json: answer })
    })
    await page.getByText('<img src=x').first().waitFor()
    await console.go('Users')
    await page.getByText(hostile).waitFor()
    await page.route('**/v1/users/**', async (route) => {
      const answer = await (await route.fetch()).json()
      const device = { deviceKey: hostile, contactUri: hostile, userAgent: hostile, online: true, transport: 'tls' }
      answer.value.devices = [device]
      await route.fulfill({ json: answer })
    })
    await page.getByRole('link', { name: 'mallory@example.test' }).click()
    await page.getByRole('rowheader', { name: '<img src=x' }).waitFor()
    await console.go('Capacity report')
    await page.getByText('10,000 users fit.').waitFor()
    expect(await page.locator('img, body script').count()).toBe(0)
    expect(await page.title()).toBe('Meridian console')
    await console.close()
  })

  it('a session that is over leads to the form, with a word why', async () => {
    const token = await newToken('reader', 'for a moment')
    const console = await ConsolePage.open(browser, url)
    await console.signIn(token)
    await console.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await server.command('admin', 'token', 'revoke', token.split('_')[1]!)
    await console.page.getByText('Your session is over. Sign in again.').waitFor()
    expect(await console.violations()).toEqual([])
    expect(console.complaints()).toEqual([])
    await console.close()
  })

  it('is used by keyboard alone', async () => {
    const console = await ConsolePage.open(browser, url)
    const { page } = console
    await page.getByLabel('Token').waitFor()
    await page.keyboard.type(tokens.operator!)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor()
    expect(await page.evaluate('document.activeElement.id')).toBe('content')
    await console.close()
  })

  const looks = [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { width: 320 }],
    ['dark phone', { width: 320, colorScheme: 'dark' }],
  ] as const

  for (const [kind, look] of looks)
    it(`${kind}: each view is accessible and as wide as the window`, async () => {
      const console = await ConsolePage.open(browser, url, look)
      const fits = async () => {
        expect(await console.violations()).toEqual([])
        expect(await console.isWiderThanWindow()).toBe(false)
        if (process.env.SHOTS) await console.page.screenshot({ path: `${process.env.SHOTS}/${kind}-${++shots}.png` })
      }
      let shots = 0
      await console.page.getByLabel('Token').waitFor()
      await fits()
      await console.signIn(tokens.administrator!)
      await console.page
        .getByText(/\d+ days left/)
        .first()
        .waitFor()
      await fits()
      for (const title of ['Users', 'Topology', 'Capacity report']) {
        await console.go(title)
        await expect.poll(() => console.page.getByText('Loading…').count()).toBe(0)
        await fits()
      }
      await console.page.goto(`${url}#users/${encodeURIComponent('sip:mallory@example.test')}`)
      await console.page.getByText('Stored messages').waitFor()
      await fits()
      expect(console.complaints()).toEqual([])
      await console.close()
    })
})
