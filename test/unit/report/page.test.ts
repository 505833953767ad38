/**
 * The page: one file without script or network, every chart with its words and data, and text that is never markup.
 */
import { describe, expect, it } from 'vitest'
import { judge } from '../../../sim/report/judge.ts'
import { chartFigure } from '../../../sim/report/page/chart.ts'
import { html } from '../../../sim/report/page/markup.ts'
import { reportPage } from '../../../sim/report/page/page.ts'
import { parseXml } from '../../../src/xml/index.ts'
import { judgeInput, runRecord } from '../../support/run-records.ts'

const page = reportPage(judge(judgeInput()))
const axis = (name: string) => ({ name, show: String })

describe('the page', () => {
  it('is below a megabyte, and the same for the same report', () => {
    expect(page.length).toBeLessThan(1_000_000)
    expect(reportPage(judge(judgeInput()))).toBe(page)
  })

  it('asks for nothing and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link(?! rel="icon" href="data:,")|<img|@import|url\(|https?:/)
  })

  it('escapes what comes from outside', () => {
    expect(page).toContain('&#60;script&#62;alert(1)&#60;/script&#62;')
    expect(html`<b title="${'"<&>'}">${"it's"}</b>`.html).toBe('<b title="&#34;&#60;&#38;&#62;">it&#39;s</b>')
  })

  it('has headings in order, and the parts of a report', () => {
    const levels = Array.from(page.matchAll(/<h(\d)/g), ([, level]) => Number(level))
    expect(levels[0]).toBe(1)
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1)
    for (const part of ['Service levels', 'Resources', 'Correctness', 'What would make this report invalid'])
      expect(page).toContain(`<h2>${part}</h2>`)
  })

  it('gives each chart a title, a description and its data', () => {
    const charts = Array.from(page.matchAll(/<figure class="chart"[\s\S]*?<\/figure>/g), ([chart]) => chart)
    expect(charts.length).toBeGreaterThanOrEqual(8)
    for (const chart of charts) {
      expect(chart).toMatch(/<svg [^>]*role="img" aria-labelledby="([\w-]+)-title \1-desc">/)
      expect(chart).toMatch(/<title id="[\w-]+">[^<]+<\/title><desc id="[\w-]+">[^<]+<\/desc>/)
      expect(chart).toMatch(/<details><summary>[^<]+<\/summary>[\s\S]*<tbody><tr><th scope="row">/)
      expect(chart).not.toMatch(/NaN|Infinity|undefined/)
    }
  })

  it('draws what is read each ten seconds as a line, and the curves of virtual time', () => {
    const curve = (id: string, every: number) => {
      const values = Array.from({ length: 900 }, (_, at) => (at % every === 0 ? at : null))
      return { id, unit: '', t0Ms: 0, stepMs: 1_000, values }
    }
    const series = [curve('server.waiting', 10), curve('cpu', 1), curve('notify-rate', 1), curve('backlog', 1)]
    const drawn = reportPage(judge(judgeInput({ runs: { only: runRecord({ series }) } })))
    const [, waiting = ''] = /<title id="waiting-title">[\s\S]*?<path class="line l0" d="([^"]*)"/.exec(drawn) ?? []
    expect(waiting.match(/M/g)?.length).toBe(1)
    for (const id of ['cpu', 'rates', 'backlog']) expect(drawn).toContain(`<title id="${id}-title">`)
  })

  it('is made of a record with nothing in it, too', () => {
    const { server: _s, generator: _g, ...bare } = runRecord({ levels: [], operations: [], series: [], rates: [] })
    const empty = reportPage(judge(judgeInput({ runs: { only: bare } })))
    expect(empty).toContain('The run kept none.')
    expect(empty).not.toMatch(/NaN|Infinity|undefined/)
  })
})

describe('a chart', () => {
  const chart = (lines: Parameters<typeof chartFigure>[0]['lines']) =>
    chartFigure({ id: 'c', title: 'T', description: 'D', x: axis('x'), y: axis('y'), lines }).html

  it('is well-formed SVG', () => {
    const [svg] = /<svg[\s\S]*<\/svg>/.exec(
      chart([
        {
          name: 'a & b',
          points: [
            [0, 1],
            [1, 2],
          ],
        },
      ]),
    )!
    expect(parseXml(Buffer.from(svg)).ok).toBe(true)
  })

  it('has a gap where nothing was seen', () => {
    const drawn = chart([
      {
        name: 'a',
        points: [
          [0, 1],
          [1, null],
          [2, 3],
          [3, 4],
        ],
      },
    ])
    expect(/class="line l0" d="(M[^"]*)"/.exec(drawn)![1]!.match(/M/g)).toHaveLength(2)
  })

  it('keeps the peak of many points', () => {
    const points = Array.from({ length: 10_000 }, (_, at) => [at, at === 7_777 ? 900 : 1] as const)
    const drawn = chart([{ name: 'a', points }])
    expect(drawn.length).toBeLessThan(20_000)
    expect(drawn).toContain('<td class="number">900</td>')
  })

  it('draws a single point, a flat line, and nothing where there is nothing', () => {
    for (const points of [
      [[5, 5]],
      [
        [0, 0],
        [9, 0],
      ],
    ] as const)
      expect(chart([{ name: 'a', points }])).not.toMatch(/NaN|Infinity/)
    expect(chart([{ name: 'a', points: [[0, null]] }])).toBe('')
  })
})
