/**
 * The rates that follow from the model, against the published table of its derivation: 10,000 signed-in users, the busy
 * hour. And the counts of plans against the rates: mean over five seeds.
 */
import { describe, expect, it } from 'vitest'
import { defaultParameters } from '../../../sim/workload/parameters.ts'
import type { Preset } from '../../../sim/workload/plan.ts'
import { plannedRates } from '../../../sim/workload/planned-rates.ts'
import { createPopulation } from '../../../sim/workload/population.ts'
import { morning } from '../../../sim/workload/presets/morning.ts'
import { presenceStorm } from '../../../sim/workload/presets/presence-storm.ts'
import { steadyHour } from '../../../sim/workload/presets/steady-hour.ts'
import { workday } from '../../../sim/workload/presets/workday.ts'
import { rateRow, rateTable, stormTable } from '../../../sim/workload/rate-table.ts'
import { deriveRates, meanBodyBytes } from '../../../sim/workload/rates.ts'
import { ratesText } from '../../../sim/workload/rates-text.ts'
import { createScript } from '../../../sim/workload/script.ts'
import { makeWorkload } from '../../../sim/workload/workload.ts'

/** The published figures are rounded to about as much. */
function expectNear(actual: number, figure: number, what: string): void {
  expect(Math.abs(actual - figure), `${what}: ${actual}, published ${figure}`).toBeLessThanOrEqual(figure * 0.005)
}

/** K, lists, REGISTER, SUBSCRIBE, PUBLISH, NOTIFY, of changes, of subscriptions, MESSAGE, typing, all, kB, writes. */
const published: readonly (readonly number[])[] = [
  [6, 0, 4.29, 31, 11.46, 97.6, 66.7, 31, 55.6, 111.1, 314, 585, 18.2, 18.2, 17.9, 17.3],
  [6, 1, 4.29, 11.6, 11.46, 78.3, 66.7, 11.6, 55.6, 111.1, 275, 599, 14.7, 14.7, 14.5, 14.2],
  [16, 0, 4.29, 69.6, 11.46, 247, 177.8, 69.6, 55.6, 111.1, 502, 859, 25.1, 25.1, 24.4, 23.1],
  [16, 1, 4.29, 11.6, 11.46, 189, 177.8, 11.6, 55.6, 111.1, 386, 880, 14.7, 14.7, 14.5, 14.2],
  [24, 0, 4.29, 101, 11.46, 367, 266.7, 101, 55.6, 111.1, 653, 1_078, 30.7, 30.7, 29.4, 27.2],
  [24, 1, 4.29, 11.6, 11.46, 278, 266.7, 11.6, 55.6, 111.1, 475, 1_104, 14.7, 14.7, 14.5, 14.2],
  [50, 0, 4.29, 201, 11.46, 757, 555.6, 201, 55.6, 111.1, 1_143, 1_791, 48.7, 48.7, 44.2, 37.7],
  [50, 1, 4.29, 11.6, 11.46, 567, 555.6, 11.6, 55.6, 111.1, 764, 1_833, 14.7, 14.7, 14.5, 14.2],
]

describe('table of rates', () => {
  it.each(published.map((row, index) => [row[0]!, row[1] === 1, row, index] as const))(
    'has the published figures for K = %i, lists %s',
    (contacts, lists, row, index) => {
      const { rates, commits, ...found } = rateTable()[index]!
      expect(found).toEqual({ contacts, lists })
      const columns: readonly (readonly [string, number])[] = [
        ['register', rates.register],
        ['subscribe', rates.subscribe],
        ['publish', rates.publish],
        ['notify', rates.notify],
        ['notify of changes', rates.notifyOfChanges],
        ['notify of subscriptions', rates.notifyOfSubscriptions],
        ['messages', rates.messagesWritten],
        ['typing', rates.typing],
        ['all', rates.transactions],
        ['kB', rates.bytes / 1_000],
        ['writes', rates.writes],
        ...commits.map((value) => ['commits', value] as const),
      ]
      expect(columns.length).toBe(row.length - 2)
      for (const [column, [name, value]] of columns.entries()) expectNear(value, row[column + 2]!, name)
    },
  )

  it('has 58.3 deliveries and 93.0 keep-alives a second', () => {
    const { rates } = rateTable()[0]!
    expectNear(rates.messagesDelivered, 58.3, 'deliveries')
    expectNear(rates.keepAlives, 93, 'keep-alives')
  })

  it.each([
    [1.5, 0.8, 684, 920],
    [1.9, 1, 1_078, 1_344],
  ])('has the modern figures for %f devices, %f of the watchers there', (devices, concurrency, notify, all) => {
    const modern = { ...defaultParameters('modern'), devices, concurrency }
    const { rates } = rateRow(modern, 10_000)
    expectNear(rates.notify, notify, 'notify')
    expectNear(rates.transactions, all, 'all')
  })

  it.each([
    [16, 1_111],
    [50, 1_867],
  ])('has what a front end relays for two homes at K = %i', (contacts, relays) => {
    const row = rateTable().find((each) => each.contacts === contacts && each.lists)!
    expectNear(2 * row.rates.relays, relays, 'relays')
  })

  it('has the published storms', () => {
    /** Arrivals, REGISTER, SUBSCRIBE at K = 16 without and with lists, at K = 50, PUBLISH, NOTIFY at K = 16 and 50. */
    const storms = [
      [11.1, 22.2, 200, 33.3, 578, 33.3, 11.1, 178, 556],
      [33.3, 66.7, 600, 100, 1_733, 100, 33.3, 533, 1_667],
      [167, 333, 3_000, 500, 8_667, 500, 167, 2_667, 8_333],
      [667, 1_333, 12_000, 2_000, 34_667, 2_000, 667, 10_667, 33_333],
      [0, 0, 0, 0, 0, 0, 300, 4_800, 15_000],
    ]
    const rows = stormTable().map(({ by }) => {
      const [few, many] = by
      const subscribes = [few!, many!].flatMap(({ plain, withLists }) => [plain.subscribe, withLists.subscribe])
      const { arrivals, register, publish } = few!.plain
      return [arrivals, register, ...subscribes, publish, few!.plain.watcherNotify, many!.plain.watcherNotify]
    })
    expect(rows.length).toBe(storms.length)
    for (const [row, values] of rows.entries()) {
      for (const [column, value] of values.entries())
        expectNear(value, storms[row]![column]!, `storm ${row}, ${column}`)
    }
  })

  it('is printed with every row', () => {
    const text = ratesText(null, (head, rows) => [head, ...rows].map((cells) => cells.join('|')).join('\n'))
    for (const [contacts, lists, ...figures] of published) {
      expect(text).toContain(`\n${contacts}|${lists === 1 ? 'yes' : 'no'}|${figures[0]}|`)
    }
    expect(text).toContain('presence-storm')
  })

  it('has bodies of 390 bytes on average', () => {
    expect(meanBodyBytes(defaultParameters('2003'))).toBeCloseTo(390, -0.5)
  })
})

describe('plan of a steady hour', () => {
  const users = 4_000
  const seeds = [1, 2, 3, 4, 5]
  const parameters = { users, rampPerSecond: 400, sessionShare: 0.5, pollsPerHour: 1 }
  const made = makeWorkload({ preset: steadyHour, parameters })
  const fromMs = 15_000
  const workload = { ...made, plan: { ...made.plan, durationMs: fromMs + 3_600_000 } }

  function countsOf(seed: number): Map<string, number> {
    const population = createPopulation(workload.parameters, seed)
    const script = createScript({ workload, population, seed, users: [0, users] })
    const counts = new Map<string, number>()
    const count = (key: string, by = 1): void => void counts.set(key, (counts.get(key) ?? 0) + by)
    while (script.nextDueMs < Infinity) {
      const { dueMs, action } = script.take()
      if (dueMs < fromMs) continue
      count(action.kind)
      if (action.kind === 'publish') count(`to ${action.shown.cause}`)
      if (action.kind === 'message') count('bytes', action.bodyBytes)
    }
    return counts
  }

  it('has the events that the rates say, within 2 % or three standard errors', () => {
    const found = seeds.map(countsOf)
    const mean = (key: string): number => found.reduce((sum, each) => sum + (each.get(key) ?? 0), 0) / seeds.length
    const rates = deriveRates(workload.parameters)
    const { idlePerHour, meetingChangesPerHour, callChangesPerHour, manualPerHour } = workload.parameters
    const perHour = (rate: number): number => rate * 3_600
    const signs = users * 0.1
    const expected: Record<string, number> = {
      publish: users * 4 - signs,
      'to idle': users * idlePerHour,
      'to back': users * idlePerHour,
      'to meeting-begins': (users * meetingChangesPerHour) / 2,
      'to meeting-ends': (users * meetingChangesPerHour) / 2,
      'to call-begins': (users * callChangesPerHour) / 2,
      'to call-ends': (users * callChangesPerHour) / 2,
      'to manual': users * manualPerHour,
      'sign-out': signs,
      'sign-in': signs,
      message: perHour(rates.messagesSent),
      typing: perHour(rates.typing),
      'open-session': perHour(rates.sessions),
      'lose-flow': users * 0.05,
      poll: users,
    }
    for (const [key, wanted] of Object.entries(expected)) {
      const allowed = Math.max(0.02, 3 / Math.sqrt(wanted * seeds.length))
      expect(Math.abs(mean(key) / wanted - 1), `${key}: ${mean(key)}, by the rates ${wanted}`).toBeLessThan(allowed)
    }
    const body = mean('bytes') / mean('message')
    expect(Math.abs(body / meanBodyBytes(workload.parameters) - 1)).toBeLessThan(0.02)
  }, 120_000)
})

describe('planned rates', () => {
  it('are those of the window: in half of the activity people do half, devices what they always do', () => {
    const rate = (preset: Preset, id: string): number =>
      plannedRates(makeWorkload({ preset }), true).find((each) => each.id === id)!.perSecond
    for (const id of ['message', 'typing', 'session']) {
      expect(rate(morning, id)).toBeCloseTo(rate(steadyHour, id) / 2, 6)
    }
    expect(rate(morning, 'keepalive')).toBe(rate(steadyHour, 'keepalive'))
    const { register } = deriveRates(defaultParameters('2003'), 10_000, 'restarted')
    expect(rate(steadyHour, 'register')).toBe(register)
    expect(register / deriveRates(defaultParameters('2003')).register).toBeCloseTo(0.95, 2)
    expect(rate(workday, 'message') * 24).toBeCloseTo(rate(steadyHour, 'message') * 8.69 * 0.5, 1)
  })
})

describe('NOTIFYs of further packages', () => {
  const parameters = defaultParameters('2003')

  it('RFC 3857 §4.7: each session that begins and ends is told to whom it watches, beside the published rates', () => {
    const { notify, notifyOfChanges, notifyOfSubscriptions, notifyOfWatchers } = deriveRates(parameters, 10_000)
    expectNear(notifyOfWatchers, (2 * 10_000 * 0.1 * 16) / 3_600, 'watchers')
    expect(notify).toBe(notifyOfChanges + notifyOfSubscriptions)
    const workload = makeWorkload({ preset: steadyHour })
    const planned = plannedRates(workload, true).find(({ id }) => id === 'notify')!.perSecond
    const restarted = deriveRates(workload.parameters, 10_000, 'restarted')
    expect(planned).toBe(restarted.notify + restarted.notifyOfWatchers)
  })

  it('none where nobody subscribes to presence.winfo', () => {
    expect(deriveRates({ ...parameters, extraSubscriptions: 0 }).notifyOfWatchers).toBe(0)
  })
})

describe('plan of a presence storm', () => {
  it('has 30 % of the users publish within 10 s, three times', () => {
    const users = 3_000
    const workload = makeWorkload({ preset: presenceStorm, quick: true, parameters: { users, rampPerSecond: 1_000 } })
    const population = createPopulation(workload.parameters, 3)
    const script = createScript({ workload, population, seed: 3, users: [0, users] })
    const counts = workload.plan.storms.map(() => 0)
    while (script.nextDueMs < Infinity) {
      const { dueMs, action } = script.take()
      if (action.kind !== 'publish' || action.shown.cause !== 'meeting-begins') continue
      const storm = workload.plan.storms.findIndex(({ atMs }) => dueMs >= atMs && dueMs < atMs + 10_000)
      if (storm >= 0) counts[storm]!++
    }
    for (const count of counts) expect(Math.abs(count / (users * 0.3) - 1)).toBeLessThan(0.1)
  })
})
