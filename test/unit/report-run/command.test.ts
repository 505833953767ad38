/**
 * `meridian report --profile …` in virtual time from the options to the files, and what it refuses.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readReport } from '../../../sim/report/write-report.ts'
import { run } from '../../../src/cli/report/report.ts'
import { run as runLimit } from '../../../src/cli/sim/limit.ts'
import { silentIo } from '../../support/command-line.ts'

const timeout = 120_000

function report(options: Readonly<Record<string, unknown>>, cwd = '.') {
  return run({ arguments: [], options, io: silentIo(cwd) })
}

it('in virtual time three runs are kept and judged, and the same seed gives the same bytes', { timeout }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-report-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const asked = { profile: 'lcs2003-home', virtual: true, quick: true, users: '12', set: ['contacts=4'], warmUp: '5' }
  const now = '2026-11-26T12:00:00Z'
  const bytes = []
  for (const out of ['one', 'two']) {
    const outcome = await report({ ...asked, measure: '20', out, now }, folder)
    // A quick form proves nothing, whatever it has seen.
    expect(outcome).toMatchObject({
      exitCode: 3,
      error: null,
      value: { word: 'INVALID', users: 12, label: 'projected' },
    })
    expect(outcome.text).toMatch(/^VERDICT INVALID: 12 users on lcs2003-home \(steady-hour, K=4.*quick form/)
    const files = readdirSync(join(folder, out)).toSorted()
    const records = ['run-virtual-high.json', 'run-virtual-low.json', 'run-virtual-mid.json']
    expect(files).toEqual(['report.html', 'report.json', ...records])
    const read = readReport(join(folder, out, 'report.json'))
    expect(read).toMatchObject({ ok: true, report: { label: 'projected', run: { driver: 'virtual' } } })
    if (!read.ok) continue
    expect([...new Set(read.report.levels.map(({ bound }) => bound))].toSorted()).toEqual(['high', 'low', 'mid'])
    const { low, mid, high } = read.report.resources.find(({ id }) => id === 'cpu')!.use
    expect(low < mid && mid < high).toBe(true)
    expect(read.report.run.traceHash).toMatch(/^[0-9a-f]{16}$/)
    bytes.push(files.map((file) => readFileSync(join(folder, out, file), 'utf8')))
  }
  expect(bytes[1]).toEqual(bytes[0])
})

it('a search begins with ten users or more', async () => {
  const options = { profile: 'server-16', virtual: true, quick: true, users: '5', set: ['contacts=2'] }
  const refused = await runLimit({ arguments: [], options, io: silentIo('.') })
  expect(refused).toMatchObject({ exitCode: 64, error: '--users: begin with 10 users or more' })
})

it.each([
  [{ virtual: true, now: 'noon' }, 64, '--now: expected a time'],
  [{ virtual: true, apply: true }, 64, '--apply holds a real server: leave --virtual out'],
  [{ virtual: true, transport: 'tls' }, 64, '--virtual knows TCP only: leave --transport out'],
  [{ profile: 'lcs2003-hom' }, 78, 'lcs2003-home'],
  [{ users: '0' }, 64, 'users'],
  [{ seed: 'x' }, 64, '--seed: expected a whole number'],
  [{ profile: 'lcs2003-home', calibration: 'none.json' }, 78, 'there is no such file'],
])('%j is refused', async (options, exitCode, error) => {
  expect(await report(options)).toMatchObject({ exitCode, error: expect.stringContaining(error) })
})
