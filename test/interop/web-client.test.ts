/**
 * The web client in headless Chromium, by a real server: two people find each other and talk, see each other's state,
 * lose the server and find it again; what they write stays text; and each view is accessible, silent and fits.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chromiumFile, startBrowser } from './support/browser.ts'
import { ChatPerson, type PersonLook } from './support/chat-page.ts'
import { describeClient } from './support/client-programs.ts'
import { Counterpart } from './support/counterpart.ts'
import { type InteropServer, password, startMeridian } from './support/server.ts'

const owning = "document.title='owned'"
const hostile = `<img src=x onerror="${owning}"> javascript:alert(1) <script>${owning}</script>`

describeClient([chromiumFile], 'the web client in Chromium', () => {
  let server: InteropServer
  let browser: Browser
  let url: string
  const users = ['anna', 'ben', 'cara', 'dan', 'eve', 'fred', 'gina', 'hugo', 'iris', 'jan', 'kim', 'lea']

  beforeAll(async () => {
    server = await startMeridian({ users })
    url = `https://${server.host}:${server.port('wss')}/chat`
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  async function open(name: string, look: PersonLook = {}): Promise<ChatPerson> {
    const person = await ChatPerson.open(browser, url, look)
    await person.signIn(name, password)
    await person.isOnline()
    return person
  }

  async function close(...people: readonly ChatPerson[]): Promise<void> {
    for (const person of people) {
      expect(person.complaints()).toEqual([])
      await person.close()
    }
  }

  it('two people talk, type and read (RFC 3428, 3994, 5438), and see a state change (RFC 3856)', async () => {
    const anna = await open('anna')
    const ben = await open('ben')
    await anna.add('ben')
    await ben.add('anna')
    await anna.page.locator('[data-presence=available]').waitFor()
    await ben.page.locator('[data-presence=available]').waitFor()
    // From what he sends she knows that his client tells what was read.
    await ben.write('anna', 'Hallo Anna')
    await anna.shows('Hallo Anna')
    await anna.page.getByLabel('Message to ben').pressSequentially('Hallo Ben, 你好 🙂')
    await ben.page.getByText('anna is typing').waitFor()
    await anna.page.keyboard.press('Enter')
    await ben.shows('Hallo Ben, 你好 🙂')
    await anna.shows('Hallo Ben', 'read')
    await ben.page.getByLabel('Your state').selectOption('busy')
    await anna.page.locator('[data-presence=busy]').waitFor()
    await ben.page.getByLabel('Your note').fill('in a meeting <b>')
    await ben.page.keyboard.press('Enter')
    await anna.page.getByText('in a meeting <b>').first().waitFor()
    await ben.page.getByRole('button', { name: 'Sign out' }).click()
    await ben.page.getByLabel('User name').waitFor()
    await anna.page.locator('[data-presence=offline]').waitFor()
    await close(anna, ben)
  })

  it('what is sent to somebody who is away is stored, and comes at sign-in; history stays in the browser', async () => {
    const cara = await open('cara')
    await cara.add('dan')
    await cara.write('dan', 'for later')
    await cara.shows('for later', 'stored')
    const dan = await open('dan')
    const row = dan.page.locator('[data-address="sip:cara@example.test"]')
    await row.getByText('1 unread').waitFor()
    expect(await dan.page.title()).toBe('(1) Meridian chat')
    await row.click()
    await dan.shows('for later')
    await expect.poll(() => dan.page.title()).toBe('Meridian chat')
    await cara.page.reload()
    await cara.signIn('cara', password)
    await cara.isOnline()
    await cara.page.locator('[data-address="sip:dan@example.test"]').click()
    await cara.shows('for later')
    await close(cara, dan)
  })

  it('a message to nobody fails in words, and can be sent again', async () => {
    const eve = await open('eve')
    await eve.add('nobody')
    await eve.write('nobody', 'hello?')
    await eve.shows('there is nobody of this name', 'failed')
    await server.command('user', 'add', 'nobody', '--generate')
    await eve.page.getByRole('button', { name: 'Send again' }).click()
    await eve.shows('hello?', 'stored')
    await close(eve)
  })

  it('plain text for a device that reads nothing else, and copies of what one sent from elsewhere', async () => {
    const peer = await Counterpart.signIn(server, 'fred')
    const gina = await open('gina')
    await gina.add('fred')
    await gina.write('fred', 'grün')
    await peer.hears('grün')
    await gina.shows('grün', 'delivered')
    expect(await peer.send('gina', 'zurück')).toBe(200)
    await gina.shows('zurück')
    await close(gina)
    await peer.signOut()
  })

  it('a wrong password is told, and nothing is kept of it', async () => {
    const person = await ChatPerson.open(browser, url)
    await person.signIn('hugo', 'not the password')
    await person.page.getByText('The name or the password is wrong.').waitFor()
    expect(await person.page.evaluate('sessionStorage.length')).toBe(0)
    await close(person)
  })

  it('a second tab follows the first, and takes over when it is closed', async () => {
    const hugo = await open('hugo')
    const peer = await open('iris')
    await peer.add('hugo')
    await hugo.add('iris')
    const tab = await hugo.openTab()
    await hugo.signIn('hugo', password, tab)
    await hugo.isOnline(tab)
    await tab.locator('[data-address="sip:iris@example.test"]').click()
    await hugo.write('iris', 'from the second tab', tab)
    await hugo.shows('from the second tab')
    await peer.shows('from the second tab')
    await hugo.page.close()
    await peer.write('hugo', 'are you still there?')
    await hugo.shows('are you still there?', undefined, tab)
    await hugo.write('iris', 'yes', tab)
    await peer.shows('yes')
    hugo.page = tab
    await close(hugo, peer)
  })

  it('whatever is written stays text: no element, no script, no link but http and https', async () => {
    const jan = await open('jan')
    const kim = await open('kim')
    await jan.add('kim')
    await kim.add('jan')
    await jan.write('kim', `${hostile} https://example.org/?q=<b>`)
    await kim.shows('onerror')
    const text = await kim.page.locator('.message .text').first().textContent()
    expect(text).toBe(`${hostile} https://example.org/?q=<b>`)
    expect(await kim.page.locator('.log img, .log script').count()).toBe(0)
    const links = await kim.page.locator('.log a').evaluateAll((all) => all.map((each) => each.getAttribute('href')))
    expect(links).toEqual(['https://example.org/?q='])
    expect(await kim.page.title()).not.toBe('owned')
    await close(jan, kim)
  })

  const looks = [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { width: 320 }],
    ['dark phone', { width: 320, colorScheme: 'dark' }],
  ] as const

  for (const [kind, look] of looks)
    it(`${kind}: each view is accessible and as wide as the window`, async () => {
      const fits = async () => {
        expect(await lea.violations()).toEqual([])
        expect(await lea.isWiderThanWindow()).toBe(false)
      }
      const lea = await ChatPerson.open(browser, url, look)
      await lea.page.getByLabel('User name').waitFor()
      await fits()
      await lea.signIn('lea', 'wrong')
      await lea.page.getByText('The name or the password is wrong.').waitFor()
      await fits()
      await lea.signIn('lea', password)
      await lea.isOnline()
      await fits()
      await lea.add('no name at all!')
      await lea.page.getByText('That is no name.').waitFor()
      await lea.add('nobody-here')
      await lea.write('nobody-here', `${'long '.repeat(60)} https://example.org/${'x'.repeat(80)}`)
      await lea.shows('long', 'failed')
      await fits()
      await close(lea)
    })
})

describeClient([chromiumFile], 'the web client, when its server goes', () => {
  it('says so, connects again by itself, and sends what was written meanwhile', async () => {
    const first = await startMeridian({ users: ['mona', 'nils'] })
    const browser = await startBrowser()
    try {
      const mona = await ChatPerson.open(browser, `https://${first.host}:${first.port('wss')}/chat`)
      await mona.signIn('mona', password)
      await mona.isOnline()
      await mona.add('nils')
      await mona.page.getByRole('button', { name: 'Remove contact' }).waitFor()
      await first.restart(async () => {
        await mona.page.locator('[data-connection=waiting]').waitFor()
        await mona.write('nils', 'while you were gone')
        await mona.shows('while you were gone', 'sending')
        expect(await mona.violations()).toEqual([])
      })
      await mona.isOnline()
      await mona.shows('while you were gone', 'stored')
      expect(mona.complaints()).toEqual([])
    } finally {
      await browser.close()
      await first.stop()
    }
  })
})
