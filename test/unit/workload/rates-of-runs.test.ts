/**
 * The rates that a run is held against, and what the server's own code then shows: five seeds in virtual time. What is
 * drawn by chance (who signs in, who changes his state) is counted in the plan of each seed, so that the mean has to
 * agree within 2 %; refreshes, of which no plan says anything, are those of the rates.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { runVirtual, workloadChoice } from '../../../sim/virtual/run-virtual.ts'
import { presenceChangesPerHour } from '../../../sim/workload/parameters.ts'
import { createPopulation, type Population } from '../../../sim/workload/population.ts'
import { steadyHour } from '../../../sim/workload/presets/steady-hour.ts'
import { deriveRates } from '../../../sim/workload/rates.ts'
import { createScript } from '../../../sim/workload/script.ts'
import { makeWorkload, type Workload } from '../../../sim/workload/workload.ts'

const seeds = [1, 2, 3, 4, 5]
const windows = { warmUpMs: 110_000, measureMs: 120_000 }
const made = makeWorkload({
  preset: steadyHour,
  parameters: {
    users: 40,
    contacts: 5,
    rampPerSecond: 1_000,
    signInsPerHour: 20,
    signedOutSeconds: 1,
    manualPerHour: 40,
    flowLossesPerHour: 0,
    wrongPasswordShare: 0,
    conversationsPerHour: 0,
    expiresSeconds: 90,
  },
})
const workload: Workload = {
  ...made,
  plan: { ...made.plan, windows, durationMs: windows.warmUpMs + windows.measureMs },
}
const { parameters } = workload

type Counts = Record<'register' | 'subscribe' | 'publish' | 'notify' | 'republish', number>

/** By the plan of a seed, in its window. */
function plannedCounts(population: Population, seed: number): Counts {
  const { users, contactsAt, watchersAt } = population
  const script = createScript({ workload, population, seed, users: [0, users] })
  const of = (at: Uint32Array, user: number): number => at[user + 1]! - at[user]!
  let [publications, toWatchers, signIns, signOuts, watched, subscriptions] = [0, 0, 0, 0, 0, 0]
  while (script.nextDueMs < windows.warmUpMs + windows.measureMs) {
    const { dueMs, action } = script.take()
    if (dueMs < windows.warmUpMs || !('user' in action)) continue
    const { kind, user } = action
    // Signing out takes the state back, which is a change too.
    if (kind === 'publish' || kind === 'sign-out')
      [publications, toWatchers] = [publications + 1, toWatchers + of(watchersAt, user)]
    if (kind !== 'sign-in' && kind !== 'sign-out') continue
    if (kind === 'sign-in') signIns++
    else signOuts++
    subscriptions += of(contactsAt, user) + parameters.extraSubscriptions
    watched += of(contactsAt, user)
  }
  const rates = deriveRates(parameters, parameters.users, 'restarted')
  const seconds = windows.measureMs / 1_000
  const changes = (parameters.users * presenceChangesPerHour(parameters)) / 3_600
  const refreshes = (rates.register - (3 * parameters.users * parameters.signInsPerHour) / 3_600) * seconds
  const republish = (rates.publish - changes) * seconds
  const subscribe = subscriptions + refreshes * (parameters.contacts + parameters.extraSubscriptions)
  return {
    register: 2 * signIns + signOuts + refreshes,
    subscribe,
    publish: publications + republish,
    republish,
    notify: subscribe + toWatchers + watched,
  }
}

describe('counts of virtual runs', () => {
  const [planned, seen] = [emptyCounts(), emptyCounts()]

  beforeAll(async () => {
    for (const seed of seeds) {
      add(planned, plannedCounts(createPopulation(parameters, seed), seed))
      const choice = { ...workloadChoice(workload, seed), windows }
      const record = await runVirtual({ ...choice, profile: null, bound: 'mid', workers: 2, withFaults: false })
      for (const { id, count } of record.operations) if (id in seen) seen[id as keyof Counts] += count
    }
  }, 120_000)

  it.each(['register', 'subscribe', 'publish', 'notify'] as const)('%s: within 2 percent of the plan', (id) => {
    // Whether a state stands long enough to be refreshed is chance.
    const chance = id === 'publish' ? (3 * Math.sqrt(planned.republish)) / planned.publish : 0
    expect(planned[id]).toBeGreaterThan(400)
    expect(Math.abs(seen[id] / planned[id] - 1)).toBeLessThan(Math.max(0.02, chance))
  })
})

function emptyCounts(): Counts {
  return { register: 0, subscribe: 0, publish: 0, notify: 0, republish: 0 }
}

function add(sum: Counts, more: Counts): void {
  for (const id of Object.keys(sum) as (keyof Counts)[]) sum[id] += more[id]
}
