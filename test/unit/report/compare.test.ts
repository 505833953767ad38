/**
 * Two reports side by side: refused where they do not belong together, exact where they are counts, and without a claim
 * where single runs allow none. The commands as their user runs them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareReports } from '../../../sim/report/compare.ts'
import { comparisonText } from '../../../sim/report/comparison-text.ts'
import { judge } from '../../../sim/report/judge.ts'
import { readReport, writeReport } from '../../../sim/report/write-report.ts'
import { meridian } from '../../support/command-line.ts'
import { dataFolders } from '../../support/data-folder.ts'
import { judgeInput, levelRecord, profileNamed, runRecord } from '../../support/run-records.ts'

const newFolder = dataFolders()
const server = runRecord().server!
/** Small ones: what is compared here are single figures. */
const small = { series: [], levels: [levelRecord('D3', 3, 1_000)] }

function report(seed: number, cpuUserUs = server.cpuUserUs, change: Parameters<typeof runRecord>[0] = {}) {
  return judge(
    judgeInput({ runs: { only: runRecord({ ...small, seed, server: { ...server, cpuUserUs }, ...change }) } }),
  )
}

const set = (factor: number) => [1, 2, 3, 4, 5].map((seed) => report(seed, server.cpuUserUs * (factor + seed / 1_000)))

describe('a comparison', () => {
  it('is refused where preset, parameters, users, profile, seeds or label differ', () => {
    const elsewhere = judge(judgeInput({ profile: profileNamed('pi-5') }))
    const differing = (other: ReturnType<typeof judge>) => {
      const compared = compareReports([report(7)], [other])
      return compared.ok ? [] : compared.differences.map((each) => each.split(':')[0])
    }
    expect(differing(report(8))).toEqual(['seeds'])
    expect(differing(elsewhere)).toEqual(['profile'])
    expect(differing(report(7, 1, { users: 5_000 }))).toEqual(['users'])
    expect(differing(report(7, 1, { preset: 'morning' }))).toEqual(['preset'])
    expect(differing(report(7, 1, { parameters: { contacts: 50 } }))).toEqual(['parameters'])
    expect(differing(report(7))).toEqual([])
    const forced = compareReports([report(7)], [elsewhere], true)
    expect(forced.ok && comparisonText(forced)).toMatch(/^NOT THE SAME profile: /)
  })

  it('of single runs shows no change, whatever they say', () => {
    const compared = compareReports([report(7)], [report(7, server.cpuUserUs * 3)])
    expect(compared).toMatchObject({ ok: true, verdict: 'no change shown', inference: false })
    expect(compared.ok && comparisonText(compared)).toContain('COMPARED no change shown (single runs: no inference)')
    expect(compared.ok && compared.rows[0]!.name).toMatch(/CPU|processors/)
  })

  it('of five and five shows a change with its interval, and none where there is none', () => {
    const one = set(1)
    const worse = compareReports(one, set(1.1))
    expect(worse).toMatchObject({ verdict: 'worse', inference: true })
    const row = worse.ok ? worse.rows.find(({ name }) => name.startsWith('CPU in a day'))! : null
    expect(row!.interval![0]).toBeGreaterThan(1)
    expect(row!.interval![1]).toBeLessThan(1.1)
    expect(compareReports(one, set(0.9))).toMatchObject({ verdict: 'better' })
    expect(compareReports(one, one)).toMatchObject({ verdict: 'no change shown' })
  })

  it('calls one violation more worse, with single runs too', () => {
    const correctness = { ...runRecord().correctness, lost: 1 }
    expect(compareReports([report(7)], [report(7, undefined, { correctness })])).toMatchObject({ verdict: 'worse' })
  })
})

describe('meridian report', () => {
  function written(change: Parameters<typeof judgeInput>[0] = {}) {
    const folder = newFolder()
    mkdirSync(folder)
    return { folder, ...writeReport(judge(judgeInput(change)), folder) }
  }

  it('make judges the record of a run against a profile', async () => {
    const cwd = newFolder()
    mkdirSync(cwd)
    writeFileSync(join(cwd, 'run.json'), JSON.stringify(runRecord()))
    const how = ['--profile', 'cloud-small', '--out', 'out', '--now', '2026-11-26T12:00:00Z']
    const made = await meridian(['report', 'make', 'run.json', ...how], {
      cwd,
    })
    expect([made.code, made.out]).toEqual([0, expect.stringMatching(/^VERDICT fits: 10000 users on cloud-small /)])
    const read = readReport(join(cwd, 'out/report.json'))
    expect(read).toMatchObject({ ok: true, report: { generatedAt: '2026-11-26T12:00:00.000Z' } })
    const uncalibrated = await meridian(['report', 'make', 'run.json', '--profile', 'lcs2003-home'], { cwd })
    expect([uncalibrated.code, uncalibrated.out]).toEqual([3, expect.stringContaining('calibration none')])
    writeFileSync(join(cwd, 'cut.json'), JSON.stringify({ ...runRecord(), windows: { warmUpMs: 0, measureMs: 0 } }))
    const cut = await meridian(['report', 'make', 'cut.json'], { cwd })
    expect([cut.code, cut.err]).toEqual([1, expect.stringContaining('cut.json: windows.measureMs: ')])
    for (const wrong of [
      ['--profile', 'absent'],
      ['--now', 'soon'],
      ['--calibration', 'absent.json'],
    ])
      expect((await meridian(['report', 'make', 'run.json', ...wrong], { cwd })).code).toBeGreaterThan(0)
  })

  it('show prints the summary, and makes the page again, byte for byte', async () => {
    const { folder, json, html } = written()
    const ran = await meridian(['report', 'show', json, '--html', 'again.html'], { cwd: folder })
    expect([ran.code, ran.out.split('\n')[0]]).toEqual([0, judge(judgeInput()).verdict.sentence])
    expect(readFileSync(join(folder, 'again.html'), 'utf8')).toBe(readFileSync(html, 'utf8'))
    expect(readReport(json)).toEqual({ ok: true, report: judge(judgeInput()) })
  })

  it('show ends with 3 for what is invalid and 1 for what does not fit', async () => {
    const invalid = written({ calibration: null })
    expect((await meridian(['report', 'show', invalid.json], { cwd: '/' })).code).toBe(3)
    const run = runRecord({ server: { ...server, cpuUserUs: 300e6 } })
    const full = written({ runs: { only: run } })
    expect((await meridian(['report', 'show', full.json], { cwd: '/' })).code).toBe(1)
  })

  it.each([
    ['absent.json', null, 'there is no such file'],
    ['cut.json', '{"schema": "meridian-rep', 'it is no JSON'],
    ['newer.json', '{"schema": "meridian-report/2"}', 'meridian-report/2; this program reads meridian-report/1'],
    ['other.json', '[]', 'no report; this program reads'],
    ['hollow.json', '{"schema": "meridian-report/1"}', 'generatedAt: '],
  ])('show refuses %s', async (name, text, message) => {
    const cwd = newFolder()
    mkdirSync(cwd)
    if (text !== null) writeFileSync(join(cwd, name), text)
    const ran = await meridian(['report', 'show', name], { cwd })
    expect([ran.code, ran.out]).toEqual([1, ''])
    expect(ran.err).toContain(message)
  })

  it('compare says what differs before it refuses, and what changed', async () => {
    const [a, b] = [written(), written({ profile: profileNamed('pi-5') })]
    const refused = await meridian(['report', 'compare', a.json, b.json], { cwd: '/' })
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('not the same profile: "lcs2003-home"')])
    const forced = await meridian(['report', 'compare', a.json, b.json, '--force'], { cwd: '/' })
    expect([forced.code, forced.out]).toEqual([0, expect.stringContaining('COMPARED no change shown')])
    const same = await meridian(['report', 'compare', a.json, a.json], { cwd: '/' })
    expect(same.out).toMatch(/(\d+) of \1 figures are the same/)
  })
})
