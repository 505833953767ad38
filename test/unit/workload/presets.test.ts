/**
 * What each preset lays down, seen in its plan; and the manners of devices.
 */
import { describe, expect, it } from 'vitest'
import type { Action, DueAction } from '../../../sim/workload/action.ts'
import { deviceManners } from '../../../sim/workload/manners.ts'
import { defaultParameters, type Parameters } from '../../../sim/workload/parameters.ts'
import type { Form } from '../../../sim/workload/plan.ts'
import { createPopulation } from '../../../sim/workload/population.ts'
import { findPreset } from '../../../sim/workload/presets/all-presets.ts'
import { workdayActivity } from '../../../sim/workload/presets/workday.ts'
import { createScript } from '../../../sim/workload/script.ts'
import { makeWorkload, type Workload } from '../../../sim/workload/workload.ts'

const minuteMs = 60_000
const hour = 60 * minuteMs

function planOf(name: string, parameters: Partial<Parameters>, form: Partial<Form> = {}): [DueAction[], Workload] {
  const workload = makeWorkload({ preset: findPreset(name)!, parameters, ...form })
  const population = createPopulation(workload.parameters, 5)
  const script = createScript({ workload, population, seed: 5, users: [0, workload.parameters.users] })
  const plan: DueAction[] = []
  while (script.nextDueMs < Infinity) plan.push(script.take())
  return [plan, workload]
}

function of<K extends Action['kind']>(plan: readonly DueAction[], kind: K) {
  return plan.flatMap(({ dueMs, action }) =>
    action.kind === kind ? [{ dueMs, action: action as Action & { readonly kind: K } }] : [],
  )
}

describe('steady-hour', () => {
  const [plan, { plan: laid }] = planOf('steady-hour', { users: 800, wrongPasswordShare: 0.5, sessionShare: 1 })

  it('signs everybody in at 40 a second, then 5 min of warm-up and 10 min that count', () => {
    expect(laid.windows).toEqual({ warmUpMs: 20_000 + 5 * minuteMs, measureMs: 10 * minuteMs })
    const first = of(plan, 'sign-in').filter(({ dueMs }) => dueMs < 20_000)
    expect(new Set(first.map(({ action }) => action.user)).size).toBe(800)
    const inOneSecond = first.filter(({ dueMs }) => dueMs >= 5_000 && dueMs < 6_000).length
    expect(Math.abs(inOneSecond - 40)).toBeLessThan(3)
  })

  it('has nobody act who is not signed in', () => {
    const signedIn = new Set<number>()
    for (const { action } of plan) {
      if (action.kind === 'kill-server') continue
      if (action.kind === 'sign-in') signedIn.add(action.user)
      else expect(signedIn.has(action.user), JSON.stringify(action)).toBe(true)
      if (action.kind === 'sign-out') signedIn.delete(action.user)
    }
  })

  it('has the right password follow a wrong one', () => {
    const signIns = of(plan, 'sign-in')
    const wrong = signIns.filter(({ action }) => action.wrongPassword)
    expect(wrong.length).toBeGreaterThan(3)
    for (const { dueMs, action } of wrong.filter(({ dueMs }) => dueMs < laid.durationMs - minuteMs)) {
      const next = signIns.find((each) => each.dueMs > dueMs && each.action.user === action.user)
      expect(next?.action.wrongPassword).toBeUndefined()
      expect(next!.dueMs - dueMs).toBeGreaterThan(7_000)
    }
  })

  it('has messages of a session within it, sides taking turns', () => {
    const open = new Map<string, string>()
    const lastWriter = new Map<number, number>()
    let turns = 0
    for (const { action } of plan) {
      if (!('talk' in action)) continue
      const key = [action.talk, action.user, action.to].join()
      const back = [action.talk, action.to, action.user].join()
      if (action.kind === 'open-session') open.set(key, 'open')
      else if (action.kind === 'close-session') expect(open.get(key)).toBe('open')
      else if (action.kind === 'message') {
        const others = [...open.keys()].filter((each) => each.startsWith(`${action.talk},`))
        expect(others.length).toBeGreaterThan(0)
        if (others.length === 1) {
          expect(open.get(key) ?? open.get(back)).toBe('open')
          if (lastWriter.has(action.talk)) expect(lastWriter.get(action.talk)).not.toBe(action.user)
          turns++
        }
        lastWriter.set(action.talk, action.user)
      }
    }
    expect(turns).toBeGreaterThan(500)
  })
})

describe('morning', () => {
  it('has all users come within 15 min, evenly, with full handshakes', () => {
    const [plan, { parameters }] = planOf('morning', { users: 900 })
    const firsts = new Map<number, number>()
    for (const { dueMs, action } of of(plan, 'sign-in')) if (!firsts.has(action.user)) firsts.set(action.user, dueMs)
    expect(firsts.size).toBe(900)
    for (let minute = 0; minute < 15; minute++) {
      const come = [...firsts.values()].filter((ms) => Math.floor(ms / minuteMs) === minute).length
      expect(Math.abs(come - 60)).toBeLessThan(2)
    }
    expect(parameters.tlsResumption).toBe(0)
  })
})

describe('workday', () => {
  const [plan, { parameters }] = planOf('workday', { users: 1_000, wrongPasswordShare: 0 }, { driver: 'virtual' })
  const morning = of(plan, 'sign-in').filter(({ dueMs }) => dueMs > 7 * hour)

  it('has 8.69 busy hours', () => {
    expect(workdayActivity.length).toBe(24)
    expect(workdayActivity.reduce((sum, value) => sum + value, 0)).toBeCloseTo(8.69, 9)
  })

  it('has 10 % stay over night, and 92 % of the others come between 7:50 and 9:50, most at 8:50', () => {
    expect(of(plan, 'sign-in').filter(({ dueMs }) => dueMs < hour).length).toBe(100)
    expect(Math.abs(morning.length / 900 - 0.92)).toBeLessThan(0.03)
    const times = morning.map(({ dueMs }) => dueMs / hour)
    expect(Math.min(...times)).toBeGreaterThanOrEqual(7 + 50 / 60 - 1e-4)
    expect(Math.max(...times)).toBeLessThanOrEqual(9 + 50 / 60)
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length
    expect(Math.abs(mean - (8 + 50 / 60))).toBeLessThan(0.05)
  })

  it('has them stay about 9.5 h, and never less than two', () => {
    const outs = of(plan, 'sign-out')
    expect(outs.length).toBe(morning.length)
    const lengths = outs.map(({ dueMs, action }) => {
      return (dueMs - morning.find((each) => each.action.user === action.user)!.dueMs) / hour
    })
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(2)
    expect(Math.abs(lengths.reduce((sum, each) => sum + each, 0) / lengths.length - 9.5)).toBeLessThan(0.15)
  })

  it('has conversations follow the curve of the day', () => {
    expect(parameters.conversationsPerHour).toBe(1)
    const byHour = Array.from({ length: 24 }, () => 0)
    for (const { dueMs } of of(plan, 'message')) byHour[Math.floor(dueMs / hour)]!++
    expect(byHour[10]!).toBeGreaterThan(4 * byHour[3]!)
    expect(Math.abs(byHour[12]! / byHour[11]! - 0.6)).toBeLessThan(0.1)
  })
})

describe('storms', () => {
  it('restart-storm has the server killed once, five minutes after everybody is there', () => {
    const [plan, workload] = planOf('restart-storm', { users: 400 })
    expect(of(plan, 'kill-server').map(({ dueMs }) => dueMs)).toEqual([10_000 + 5 * minuteMs])
    expect(workload.plan.windows.measureMs).toBe(15 * minuteMs)
  })

  it('im-burst has ten times the messages for a minute, three times, and one user write to 500', () => {
    const [plan, { plan: laid }] = planOf('im-burst', { users: 2_000, rampPerSecond: 400 })
    const perSecond = (fromMs: number, toMs: number): number =>
      of(plan, 'message').filter(
        ({ dueMs, action }) => dueMs >= fromMs && dueMs < toMs && action.talk % 2 ** 20 < 2 ** 19,
      ).length /
      ((toMs - fromMs) / 1_000)
    const steady = (2_000 * 2 * 10 * 1.05) / 3_600
    expect(laid.storms.map(({ atMs }) => atMs - laid.storms[0]!.atMs)).toEqual([0, 4 * minuteMs, 8 * minuteMs])
    for (const { atMs } of laid.storms) {
      expect(Math.abs(perSecond(atMs, atMs + minuteMs) / (10 * steady) - 1)).toBeLessThan(0.15)
      expect(Math.abs(perSecond(atMs + 2 * minuteMs, atMs + 4 * minuteMs) / steady - 1)).toBeLessThan(0.2)
      const toAll = of(plan, 'message').filter(
        ({ dueMs, action }) => dueMs >= atMs && dueMs < atMs + 10_000 && action.talk % 2 ** 20 >= 2 ** 19,
      )
      expect(toAll.length).toBe(500)
      expect(new Set(toAll.map(({ action }) => action.to)).size).toBe(500)
      expect(new Set(toAll.map(({ action }) => action.user)).size).toBe(1)
    }
  })

  it('overload has half of the limit at first, and three times as much at last, team by team', () => {
    const [plan, { plan: laid }] = planOf('overload', { users: 600, signInsPerHour: 0 })
    const signIns = of(plan, 'sign-in')
    const { arrival } = laid
    if (arrival.kind !== 'ramp') throw new Error('not a ramp')
    const there = arrival.steps.map(({ atMs }) => signIns.filter(({ dueMs }) => dueMs < atMs + 3 * minuteMs).length)
    expect(there).toEqual([100, 200, 300, 400, 600])
    expect(signIns.map(({ action }) => action.user)).toEqual(Array.from({ length: 600 }, (_, user) => user))
  })
})

describe('manners of a device', () => {
  const parameters = defaultParameters('2003')

  it('are drawn once, within their bounds', () => {
    for (let user = 0; user < 300; user++) {
      const manners = deviceManners(parameters, 9, user, 0)
      expect(manners.refreshAt >= 0.8 && manners.refreshAt <= 0.95).toBe(true)
      expect(manners.keepAliveMs >= 95_000 && manners.keepAliveMs <= 120_000).toBe(true)
      expect(manners.extraPackages).toEqual(['presence.winfo', 'xcap-diff'])
      expect(deviceManners(parameters, 9, user, 0).refreshAt).toBe(manners.refreshAt)
      expect(deviceManners(parameters, 9, user, 1).refreshAt).not.toBe(manners.refreshAt)
    }
  })

  it('come back by RFC 5626 §4.5: between half and all of 30 s, doubled with each failure up to 30 min', () => {
    for (const [failures, seconds] of [
      [0, 30],
      [1, 60],
      [3, 240],
      [9, 1_800],
      [40, 1_800],
    ] as const) {
      for (let user = 0; user < 50; user++) {
        const waitMs = deviceManners(parameters, 9, user, 0).reconnectAfterMs(failures)
        expect(waitMs).toBeGreaterThanOrEqual(seconds * 500)
        expect(waitMs).toBeLessThanOrEqual(seconds * 1_000)
      }
    }
  })

  it('come back uniformly where asked to', () => {
    const uniform = { ...parameters, reconnect: 'uniform' as const, reconnectSeconds: 240 }
    const waits = Array.from({ length: 400 }, (_, user) => deviceManners(uniform, 9, user, 0).reconnectAfterMs(0))
    expect(Math.max(...waits)).toBeLessThanOrEqual(240_000)
    expect(Math.abs(waits.reduce((sum, wait) => sum + wait, 0) / 400 - 120_000)).toBeLessThan(10_000)
  })
})
