/**
 * Overload in virtual time (D10): at three times what a machine of 2003 carries, sign-ins, messages and presence are
 * each served as at its limit, or nearly; without refusing they are not. What counts as presence: docs/overload.md.
 */
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../sim/measure/run-record.ts'
import { loadProfile } from '../../sim/profiles/load-profile.ts'
import { runVirtual, workloadChoice } from '../../sim/virtual/run-virtual.ts'
import { virtualSettings } from '../../sim/virtual/virtual-settings.ts'
import type { Preset } from '../../sim/workload/plan.ts'
import { overload } from '../../sim/workload/presets/overload.ts'
import { makeWorkload } from '../../sim/workload/workload.ts'

const timeout = 900_000
const holdMs = 120_000
/** Few users who do so much that a third of them takes 1.9 of the two processors. */
const parameters = {
  users: 390,
  contacts: 8,
  rampPerSecond: 10,
  signedOutSeconds: 20,
  conversationsPerHour: 300,
  messagesPerConversation: 4,
  gapSeconds: 2,
  sessionShare: 0,
  manualPerHour: 200,
  callChangesPerHour: 0,
  flowLossesPerHour: 0,
}

/** Of what was served at the limit, each kind for itself. */
const least = 0.9
/** Users who come and go every 90 seconds, and such as stay for six minutes. */
const loads = [
  { signInsPerHour: 40, seed: 2 },
  { signInsPerHour: 40, seed: 3 },
  { signInsPerHour: 10, seed: 1 },
  { signInsPerHour: 10, seed: 2 },
] as const
type Load = (typeof loads)[number]

/** The preset `overload` with two of its steps, the limit and three times as much. */
const twoSteps: Preset = {
  ...overload,
  plan(given, form) {
    const plan = overload.plan(given, form)
    const comeMs = (users: number): number => Math.ceil((users / given.rampPerSecond) * 1_000)
    const limit = given.users / 3
    const secondMs = comeMs(limit) + holdMs
    const durationMs = secondMs + comeMs(given.users - limit) + holdMs
    const steps = [
      { atMs: 0, share: 1 / 3 },
      { atMs: secondMs, share: 1 },
    ]
    const arrival = { kind: 'ramp', perSecond: given.rampPerSecond, steps, order: 'by-team' } as const
    return { ...plan, durationMs, windows: { warmUpMs: 0, measureMs: durationMs }, arrival }
  },
}

function run({ signInsPerHour, seed }: Load, busyAfterMs: number | null): Promise<RunRecord> {
  const given = { ...parameters, signInsPerHour }
  const workload = makeWorkload({ preset: twoSteps, driver: 'virtual', quick: false, era: '2003', parameters: given })
  const found = loadProfile('lcs2003-home', '.')
  if (!found.ok) throw new Error('the profile is not there')
  const settings = (bootId: string) => {
    const usual = virtualSettings(bootId)
    const { edge, services } = usual
    const changed = busyAfterMs === null ? {} : { busyAfterMs }
    const messaging = { ...services.messaging, ...changed }
    return { ...usual, edge: { ...edge, limits: { ...edge.limits, ...changed } }, services: { ...services, messaging } }
  }
  const machine = { profile: found.profile, bound: 'mid', workers: null, withFaults: false } as const
  return runVirtual({ ...workloadChoice(workload, seed), ...machine, settings })
}

/** Cores that were at work in the last minute of a step. */
function coresAt({ series }: RunRecord, endMs: number): number {
  const { values, stepMs } = series.find(({ id }) => id === 'cpu')!
  const seen = values.slice(Math.floor((endMs - 60_000) / stepMs), Math.floor(endMs / stepMs)).map((each) => each ?? 0)
  return seen.reduce((sum, each) => sum + each, 0) / seen.length
}

describe('simulation: three times as much as the server carries', () => {
  it.each(loads)('is refused, and each kind is served as at the limit: %o', { timeout }, async (load) => {
    const record = await run(load, null)
    const { kinds } = record.goodput!
    const limitEndMs = (parameters.users / 3 / parameters.rampPerSecond) * 1_000 + holdMs
    expect(coresAt(record, limitEndMs)).toBeGreaterThan(1.7)
    expect(kinds?.map(({ kind }) => kind)).toEqual(['sign-ins', 'messages', 'presence'])
    for (const { kind, ratio } of kinds!) expect(ratio, kind).toBeGreaterThanOrEqual(least)
    const [limit, most] = kinds!.at(-1)!.watched!
    expect(most!.devices).toBeGreaterThan(limit!.devices * least)
    expect(record.correctness).toMatchObject({ lost: 0, duplicates: 0, misordered: 0, unauthorised: 0 })
    const refused = record.levels.find(({ id }) => id === 'D1')!.causes['503'] ?? 0
    expect(refused).toBeGreaterThan(100)
  })

  it('is not survived by a server that lets everybody in', { timeout }, async () => {
    const { kinds } = (await run(loads[0], 0)).goodput!
    expect(Math.min(...kinds!.map(({ ratio }) => ratio))).toBeLessThan(0.9)
  })
})
