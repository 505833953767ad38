/**
 * The limit by runs in virtual time, from the workload up: the same search as over probes that are made up, here to see
 * that loads, windows and verdicts are joined rightly.
 */
import { expect, test } from 'vitest'
import { type Load, LoadRefused } from '../../../sim/report-run/load.ts'
import { searchAt } from '../../../sim/report-run/search-bounds.ts'
import { findPreset } from '../../../sim/workload/presets/all-presets.ts'
import { makeWorkload } from '../../../sim/workload/workload.ts'
import { machine, nowMs, profileNamed } from '../../support/run-records.ts'

const timeout = 120_000
const leastUsers = 12

function loadOf(users: number, seed: number): Load {
  if (users < leastUsers) throw new LoadRefused(`${users} users have no contacts`)
  const preset = findPreset('steady-hour')!
  const workload = makeWorkload({
    preset,
    driver: 'virtual',
    quick: true,
    parameters: { users, contacts: 4, lists: true },
  })
  return { workload, seed, windows: { warmUpMs: 5_000, measureMs: 20_000 }, live: null }
}

function searched(cpuTarget: number) {
  const profile = profileNamed('lcs2003-home')
  const said: string[] = []
  const options = {
    loadOf,
    seed: 7,
    how: 'virtual' as const,
    profile: { ...profile, limits: { ...profile.limits, cpu_target: cpuTarget } },
    calibration: null,
    machine,
    commit: 'abc1234',
    nowMs,
    disk: 'usual' as const,
    signal: new AbortController().signal,
    say: (line: string) => void said.push(line),
    onProgress: () => {},
    onVirtual: () => {},
    startUsers: 48,
  }
  return { said, found: searchAt(options, null, 'mid') }
}

test('where no load passes it ends at the least that the workload allows, and says what fails', {
  timeout,
}, async () => {
  const { said, found } = searched(0.000_001)
  const { limit, invalid, bracket, failing, probes } = await found
  expect({ limit, invalid }).toEqual({ limit: null, invalid: null })
  expect(bracket).toEqual({ pass: null, fail: 20 })
  expect(probes.map(({ users }) => users)).toEqual([48, 24, 20])
  expect(failing).toContain('cpu')
  expect(said).toHaveLength(3)
})
