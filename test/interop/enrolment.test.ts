/**
 * The enrolment page in headless Chromium without JavaScript: a device gets its password, signs in with it, is revoked,
 * and each view is accessible, fits a phone, and fetches nothing.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chromiumFile, startBrowser } from './support/browser.ts'
import { describeClient } from './support/client-programs.ts'
import { type InteropServer, password, startMeridian } from './support/server.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** In the page. */
declare const axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }

describeClient([chromiumFile], 'the enrolment page in Chromium', () => {
  let server: InteropServer
  let browser: Browser
  let url: string

  beforeAll(async () => {
    server = await startMeridian({ users: ['anna', 'ben'] })
    browser = await startBrowser()
    url = `https://${server.host}:${server.port('wss')}/enroll`
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  async function open(javaScriptEnabled: boolean): Promise<{ page: Page; fetched: string[] }> {
    const viewport = { width: 360, height: 640 }
    const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled, viewport })
    const page = await context.newPage()
    const fetched: string[] = []
    page.on('request', (request) => fetched.push(new URL(request.url()).pathname))
    await page.goto(url)
    return { page, fetched }
  }

  async function give(page: Page, name: string, words: string, device: string): Promise<void> {
    await page.getByLabel('Name or address').fill(name)
    await page.getByLabel('Password').fill(words)
    await page.getByLabel('Device').fill(device)
  }

  it('gives a device its password, lists and revokes it, without scripts and cookies', async () => {
    const { page, fetched } = await open(false)
    await give(page, 'anna', 'wrong', 'laptop')
    await page.getByRole('button', { name: 'Enrol the device' }).click()
    await page.getByRole('alert').getByText('not right').waitFor()
    expect(await page.title()).toContain('Error')
    expect(await page.getByLabel('Name or address').inputValue()).toBe('anna')
    expect(await page.getByLabel('Password').inputValue()).toBe('')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Enrol the device' }).click()
    await page.getByText('anna+laptop').first().waitFor()
    expect(await page.locator('#secret').textContent()).toMatch(/^[a-km-np-z2-9]{20}$/)
    await page.getByLabel('Device').fill('phone')
    await page.getByRole('button', { name: 'Enrol the device' }).click()
    await page.getByRole('button', { name: 'Revoke anna+laptop' }).click()
    await page.getByRole('heading', { name: 'Your devices' }).waitFor()
    expect(await page.getByRole('rowheader').allTextContents()).toEqual(['anna+phone'])
    expect(await page.context().cookies()).toEqual([])
    expect([...new Set(fetched)].sort()).toEqual(['/enroll', '/enroll/revoke'])
    await server.command('device', 'revoke', 'anna', 'phone')
    await page.context().close()
  })

  it('is accessible in every view, and as wide as a phone', async () => {
    const { page } = await open(true)
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    const judge = async () => {
      await page.evaluate(axeSource)
      const { violations } = await page.evaluate(async () => axe.run())
      const root = 'document.documentElement'
      const isTooWide = await page.evaluate(`${root}.scrollWidth > ${root}.clientWidth`)
      return { violations: violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`), isTooWide }
    }
    const fine = { violations: [], isTooWide: false }
    expect(await judge()).toEqual(fine)
    await give(page, 'ben', 'wrong', '')
    await page.getByRole('button', { name: 'Show my devices' }).click()
    await page.getByRole('alert').waitFor()
    expect(await judge()).toEqual(fine)
    await give(page, 'ben', password, 'a-name-of-more-than-twenty-chars')
    await page.getByRole('button', { name: 'Enrol the device' }).click()
    await page.locator('#secret').waitFor()
    expect(await judge()).toEqual(fine)
    expect(complaints.filter((text) => !text.includes('favicon') && !text.includes('status of 403'))).toEqual([])
    await page.context().close()
  })
})
