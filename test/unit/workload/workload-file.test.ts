/**
 * Workload files: what is wrong is said with its place; what cannot be is refused; flags win over the file.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultParameters } from '../../../sim/workload/parameters.ts'
import { presets } from '../../../sim/workload/presets/all-presets.ts'
import { makeWorkload } from '../../../sim/workload/workload.ts'
import { checkWorkload } from '../../../sim/workload/workload-checks.ts'
import { parseWorkload } from '../../../sim/workload/workload-file.ts'
import { workloadJsonSchema } from '../../../sim/workload/workload-schema.ts'
import { formatConfigError } from '../../../src/config/index.ts'
import { meridian } from '../../support/command-line.ts'
import { dataFolders } from '../../support/data-folder.ts'

const live = { driver: 'live', quick: false } as const
const newFolder = dataFolders()

function errorsOf(yaml: string): readonly string[] {
  const loaded = parseWorkload(yaml, 'office.yaml', live)
  return loaded.ok ? [] : loaded.errors.map(formatConfigError)
}

describe('a workload file', () => {
  it('takes all from its preset but what it says', () => {
    const yaml = `
name: office
preset: presence-storm
era: modern
parameters: { users: 500, contacts: 30 }
warmUpMinutes: 1
measureMinutes: 5
storms:
  - { kind: presence, atMinutes: 2, share: 0.5 }
  - { kind: kill-server, atMinutes: 3 }
`
    const loaded = parseWorkload(yaml, 'office.yaml', live, { contacts: 20 })
    if (!loaded.ok) throw new Error(loaded.errors.map(formatConfigError).join())
    const { name, preset, parameters, plan } = loaded.workload
    expect({ name, preset }).toEqual({ name: 'office', preset: 'presence-storm' })
    const spread = { meetingJitterSeconds: 900 }
    expect(parameters).toEqual({ ...defaultParameters('modern'), ...spread, users: 500, contacts: 20 })
    const warmUpMs = (500 / 40) * 1_000 + 60_000
    expect(plan.windows).toEqual({ warmUpMs, measureMs: 300_000 })
    expect(plan.durationMs).toBe(warmUpMs + 300_000)
    expect(plan.storms).toEqual([
      { kind: 'presence', atMs: warmUpMs + 120_000, withinMs: 10_000, share: 0.5 },
      { kind: 'kill-server', atMs: warmUpMs + 180_000 },
    ])
  })

  it('takes 2003 with and without quotes', () => {
    expect([...errorsOf('name: a\nera: 2003'), ...errorsOf("name: a\nera: '2003'")]).toEqual([])
    expect(errorsOf('name: a\nera: 2004')).toHaveLength(1)
  })

  it.each([
    ['name: a\nparameters:\n  contcts: 30', ':3:3: parameters.contcts: unknown key; did you mean contacts?'],
    ['name: a\nactivty: [1]', ':2:1: activty: unknown key; did you mean activity?'],
    ['preset: morning', 'name: missing'],
    ['name: a\nparameters: { users: 500.5 }', 'parameters.users: expected a whole number, found 500.5'],
    ['name: a\nparameters: { lists: 1 }', 'parameters.lists: expected true or false, found 1'],
    ['name: a\nparameters: { concurrency: 1.2 }', 'parameters.concurrency: expected at most 1, found 1.2'],
    ['name: a\nparameters: { reconnect: soon }', 'parameters.reconnect: expected rfc5626 or uniform'],
    ['name: a\npreset: mornin', 'preset: expected steady-hour or workday'],
    ['name: morning', ':1:1: name: morning is a preset'],
    ['name: a\nactivity: [1, 2]', 'activity: expected 24 hours from midnight, or one for always'],
    ['name: a\nactivity: [0]', ':2:1: activity: nobody would ever do anything'],
    ['name: a\nparameters: { users: 20, contacts: 30 }', '20 users cannot have 30 contacts each; at most 9 on average'],
    [
      'name: a\nparameters: { refreshFrom: 0.96 }',
      'parameters.refreshFrom: 0.96 is more than refreshTo, which is 0.95',
    ],
    ['name: a\nparameters: { teamShare: 0.9 }', 'parameters.teamShare: with divisionShare and hubShare it is more'],
    ['name: a\nparameters: { idleMinutes: 60 }', 'idle is 172 % of the time'],
    ['name: a\nparameters: { callMinutes: 120 }', 'calls take 99 % of the time'],
    ['name: a\nparameters: { presenceScale: 6, idlePerHour: 0 }', 'more meetings than an hour has room for'],
    ['name: a\nparameters: { users: 100, concurrency: 0.001, contacts: 5 }', 'nobody would be signed in'],
    ['name: a\nstorms: [{ kind: kill-server, atMinutes: 11 }]', 'storms[0].atMinutes: the run ends after 10 min'],
    [
      'name: a\nstorms: [{ kind: quake, atMinutes: 1 }]',
      'storms[0].kind: expected kill-server or messages or presence',
    ],
    [
      'name: a\nstorms: [{ kind: messages, atMinutes: 1, forSeconds: 90, factor: 3 }, ' +
        '{ kind: messages, atMinutes: 2, forSeconds: 9, factor: 3 }]',
      'storms of messages do not overlap',
    ],
    ['name: a: b', 'office.yaml:1:'],
    ['- a', 'office.yaml:1:1'],
  ])('is refused where it says %j', (yaml, message) => {
    expect(errorsOf(yaml).join('\n')).toContain(message)
  })

  it('has a JSON Schema with every parameter', () => {
    const text = JSON.stringify(workloadJsonSchema())
    for (const name of Object.keys(defaultParameters('2003'))) expect(text).toContain(`"${name}"`)
  })
})

describe('presets', () => {
  it.each(presets.flatMap((preset) => [false, true].map((quick) => [preset.name, quick, preset] as const)))(
    '%s (quick: %s) can be, in either era and for either driver',
    (_, quick, preset) => {
      for (const driver of ['live', 'virtual'] as const) {
        for (const era of ['2003', 'modern'] as const) {
          const workload = makeWorkload({ preset, driver, quick, era })
          expect(checkWorkload(workload)).toEqual([])
          const { durationMs, windows } = workload.plan
          expect(durationMs).toBe(windows.warmUpMs + windows.measureMs)
          if (quick) expect(workload.parameters.users).toBe(300)
        }
      }
    },
  )
})

describe('meridian sim rates', () => {
  it('takes a workload file, users and parameters', async () => {
    const cwd = newFolder()
    mkdirSync(cwd)
    writeFileSync(join(cwd, 'office.yaml'), 'name: office\nparameters: { contacts: 30, users: 900 }\n')
    const ran = await meridian(['sim', 'rates', '--workload', './office.yaml', '--set', 'lists=yes'], { cwd })
    expect(ran.code).toBe(0)
    expect(ran.out).toMatch(/^900 signed-in users/)
    expect(ran.out).toMatch(/\n30 +yes +/)
  })

  it.each([
    [['--workload', 'nothing'], 64, 'there is no workload nothing; there are steady-hour,'],
    [['--workload', './nothing.yaml'], 78, 'cannot read ./nothing.yaml'],
    [['--set', 'contacts'], 64, 'expected name=value'],
    [['--set', 'contcts=1'], 64, 'there is no parameter contcts'],
    [['--set', 'contacts='], 64, 'contacts: expected a number'],
    [['--set', 'lists=perhaps'], 64, 'lists: expected true or false'],
    [['--set', 'reconnect=soon'], 64, 'reconnect: expected one of rfc5626, uniform'],
    [['--users', '1'], 64, 'users: expected at least 2'],
    [['--users', '10.5'], 64, 'users: expected a whole number'],
  ])('refuses %j', async (words, code, message) => {
    const ran = await meridian(['sim', 'rates', ...words], { cwd: '/' })
    expect(ran.code).toBe(code)
    expect(ran.err).toContain(message)
  })
})

describe('meridian sim population', () => {
  it('shows the checks, and warns where one misses its limit', async () => {
    const good = await meridian(['sim', 'population', '--users', '2000', '--seed', '7', '--json'], { cwd: '/' })
    expect(good.code).toBe(0)
    const { result } = JSON.parse(good.out) as { result: { users: number; checks: { ok: boolean }[] } }
    expect(result.users).toBe(2_000)
    expect(result.checks.map(({ ok }) => ok)).toEqual([true, true, true, true])
    const bad = await meridian(['sim', 'population', '--users', '3', '--set', 'contacts=1'], { cwd: '/' })
    expect(bad.code).toBe(2)
    expect(bad.err).toContain('warning: ')
  })

  it('refuses a seed that is none', async () => {
    const ran = await meridian(['sim', 'population', '--seed', 'x'], { cwd: '/' })
    expect([ran.code, ran.err]).toEqual([64, expect.stringContaining('--seed: expected a whole number')])
  })
})
