/**
 * The table of sensitivity from the workload up, in its quick form: every variant is run, longer contact lists and
 * further devices carry fewer users, and it stands in the report and on its page.
 */
import { expect, it } from 'vitest'
import { judge } from '../../../sim/report/judge.ts'
import { reportPage } from '../../../sim/report/page/page.ts'
import { summarise } from '../../../sim/report/summary.ts'
import { overTls } from '../../../sim/report-run/over-tls.ts'
import { runSensitivity } from '../../../sim/report-run/sensitivity-runs.ts'
import { findPreset } from '../../../sim/workload/presets/all-presets.ts'
import { makeWorkload } from '../../../sim/workload/workload.ts'
import { judgeInput, profileNamed, runRecord } from '../../support/run-records.ts'

const profile = profileNamed('lcs2003-home')
const workload = makeWorkload({
  preset: findPreset('steady-hour')!,
  driver: 'virtual',
  quick: true,
  parameters: { users: 24, contacts: 4, conversationsPerHour: 0, manualPerHour: 60 },
})

it('every variant is run, and moves the limit where it should', { timeout: 240_000 }, async () => {
  const said: string[] = []
  const sensitivity = await runSensitivity({
    users: 24,
    seed: 7,
    loadOf: (_, seed) => ({ workload, seed, windows: workload.plan.windows, live: null }),
    // So few users are bound by memory, which contacts hardly move.
    profile: { ...profile, limits: { ...profile.limits, memory_target: 100 } },
    signal: new AbortController().signal,
    say: (line) => void said.push(line),
    onVirtual: () => {},
  })
  expect(said).toHaveLength(8)
  const ratio = (name: string) => sensitivity.rows.find((row) => row.name === name)?.ratio ?? Number.NaN
  expect(sensitivity.rows.every(({ limit }) => limit !== null && limit > 0)).toBe(true)
  expect(ratio('contacts × 2')).toBeLessThan(ratio('contacts × 0.5'))
  expect(ratio('devices × 1.5')).toBeLessThan(1)
  expect(ratio('over TLS')).toBeLessThan(1)
  const report = judge(judgeInput({ sensitivity }))
  expect(report.sensitivity).toMatchObject({ label: 'projected', rows: { length: 8 } })
  expect(reportPage(report)).toContain('How the limit moves with the users')
  expect(summarise(report)).toMatch(/if users .*over TLS: \d+ % .*of the limit \(projected\)/)
  expect(summarise(report).split('\n').length).toBeLessThanOrEqual(25)
})

it('over TLS a run takes handshakes, records and 48.5 KB for each connection', () => {
  const plain = runRecord()
  const steady = makeWorkload({ preset: findPreset('steady-hour')!, parameters: { users: 10_000 } })
  const tls = overTls(plain, steady)
  expect(tls.server!.residentBytes - plain.server!.residentBytes).toBeCloseTo(10_000 * 48.5 * 1_024, -1)
  const handshakes = tls.operations.find(({ id }) => id === 'handshake')?.count ?? 0
  expect(tls.server!.cpuUserUs).toBeGreaterThan(plain.server!.cpuUserUs)
  expect(handshakes).toBe(plain.operations.find(({ id }) => id === 'handshake') ? Math.round(600 * 0.4167) : 0)
  const [before, after] = [plain, tls].map(({ operations }) => operations.find(({ id }) => id === 'message')!)
  expect(after!.bytesIn - before!.bytesIn).toBe(22 * before!.count)
})
