/**
 * The page of a capacity report in headless Chromium: it asks for nothing, says nothing on the console, breaks no rule
 * of accessibility, and fits screens, light and dark, and paper.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { judge } from '../../sim/report/judge.ts'
import type { JudgeInput } from '../../sim/report/judge-input.ts'
import { writeReport } from '../../sim/report/write-report.ts'
import { judgeInput, runRecord } from '../support/run-records.ts'
import { chromiumFile, startBrowser } from './support/browser.ts'
import { describeClient } from './support/client-programs.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** In the page, once its source is. */
declare const axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }

/** With what the server says of its work, and how the limit moves. */
function explained(): JudgeInput {
  const run = runRecord()
  const counters = Object.fromEntries(
    ['bus.state', 'bus.send', 'request.MESSAGE', 'timers'].flatMap((work, at) => [
      [`meridian_work_seconds_total{work="${work}"}`, 4 - at],
      [`meridian_work_pieces_total{work="${work}"}`, 7_000],
    ]),
  )
  const rows = ['as asked', 'contacts × 2', 'over TLS'].map((name, at) => {
    return { name, limit: 20_000 / (1 + at), ratio: 1 / (1 + at), limitedBy: 'cpu' }
  })
  return judgeInput({
    runs: { only: { ...run, server: { ...run.server!, counters } } },
    sensitivity: { rows, elasticities: [{ parameter: 'contacts', value: -0.5 }] },
  })
}

describeClient([chromiumFile], 'the report page in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-report-'))
  let browser: Browser
  const pages = {
    fits: writeReport(judge(judgeInput()), join(folder, 'fits')).html,
    invalid: writeReport(judge(judgeInput({ calibration: null })), join(folder, 'invalid')).html,
    explained: writeReport(judge(explained()), join(folder, 'explained')).html,
    violated: writeReport(
      judge(
        judgeInput({
          runs: {
            only: runRecord({
              correctness: { ...runRecord().correctness, lost: 2, examples: ['alice to bob, number 7'] },
            }),
          },
        }),
      ),
      join(folder, 'violated'),
    ).html,
  }

  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  interface Look {
    readonly width: number
    readonly colorScheme?: 'light' | 'dark'
    readonly media?: 'print'
  }

  async function open(file: string, { width, colorScheme = 'light', media }: Look) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    const told: string[] = []
    page.on('console', (message) => told.push(`console: ${message.text()}`))
    page.on('pageerror', (error) => told.push(`error: ${error.message}`))
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) told.push(`request: ${request.url()}`)
    })
    if (media) await page.emulateMedia({ media, colorScheme })
    await page.goto(pathToFileURL(file).href)
    return { page, told }
  }

  async function violations(page: Page): Promise<readonly string[]> {
    await page.evaluate(axeSource)
    const found = await page.evaluate(async () => (await axe.run()).violations)
    return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
  }

  const looks = [
    ['light', { width: 1_100 }],
    ['dark', { width: 1_100, colorScheme: 'dark' }],
    ['phone', { width: 390 }],
    ['print', { width: 794, media: 'print' }],
  ] as const

  for (const name of Object.keys(pages) as (keyof typeof pages)[])
    for (const [kind, look] of looks)
      it(`${name}, ${kind}: silent, without a request, and with no violation of accessibility`, async () => {
        const { page, told } = await open(pages[name], look)
        await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`)
        expect(await violations(page)).toEqual([])
        expect(told).toEqual([])
        const root = 'document.documentElement'
        expect(await page.evaluate(`${root}.scrollWidth > ${root}.clientWidth`)).toBe(false)
        await page.close()
      })

  it('follows the scheme of the reader', async () => {
    const ground = async (colorScheme: 'light' | 'dark', media?: 'print') => {
      const { page } = await open(pages.fits, { width: 800, colorScheme, ...(media && { media }) })
      const colour = await page.evaluate('getComputedStyle(document.body).backgroundColor')
      await page.close()
      return colour
    }
    expect(await ground('light')).toBe('rgb(255, 255, 255)')
    expect(await ground('dark')).toBe('rgb(20, 24, 29)')
    expect(await ground('dark', 'print')).toBe('rgb(255, 255, 255)')
  })

  it('is readable without script, and prints on A4', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(pathToFileURL(pages.fits).href)
    expect(await page.locator('h1').textContent()).toBe('10,000 users on lcs2003-home: fits')
    expect(await page.locator('svg[role=img]').count()).toBeGreaterThanOrEqual(8)
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(20_000)
    await context.close()
  })
})
